# SPDX-License-Identifier: GPL-2.0
"""Parameters and configuration: what modprobe.d, depmod and the command line change."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Call, Cmd, Host, Loaded, Note, Send, Step

from .common import SUITE, UPDATES

CONF = "/etc/modprobe.d/my.conf"
DEPMOD_CONF = "/etc/depmod.d/my.conf"
WALKER = f"{SUITE}/walker_mod.ko"
NUM = "/sys/module/walker_mod/parameters/num"

# What types.ko is given at load, and what becomes of it.
NONSENSE = (
    ("a_bool=maybe", "EINVAL"), ("an_invbool=2", "EINVAL"), ("a_byte=256", "ERANGE"),
    ("a_byte=-1", "EINVAL"), ("a_short=32768", "ERANGE"), ("a_ushort=65536", "ERANGE"),
    ("an_int=2147483648", "ERANGE"), ("a_uint=-1", "EINVAL"), ("hidden=x", "EINVAL"),
    ("a_long=9223372036854775808", "ERANGE"), ("a_ulong=1x", "EINVAL"),
)


def written(name: str, value: str, why: str) -> Cmd:
    """A value that a parameter's file refuses."""
    return Cmd(f"echo {value} > {name}", 1, says=f"echo: write error: {why}")


def refused(words: str, errno: str, about: str = "") -> Call:
    """A parameter that types.ko is not loaded with; `about` is what the kernel quotes of it."""
    name, _, value = words.partition("=")
    return Call("finit_module", ("types.ko", "0", words), errno=errno,
                log=(f"^types: `{about or value}' invalid for parameter `{name}'$",))


def options(name: str, where: str, value: str) -> Cmd:
    """A file of modprobe.d with an option for types.ko."""
    return Cmd(f"echo options types a_charp={value} > {where}/modprobe.d/{name}")


def reindexed(line: str, found: str) -> tuple[Cmd, Cmd]:
    """depmod with a line of configuration, and what the index has of bare.ko then."""
    return (Cmd(f"echo '{line}' > {DEPMOD_CONF}"),
            Cmd("depmod; grep bare modules.dep", says=found))


def compression(kind: str, feature: str) -> tuple[Step, ...]:
    """bare.ko, compressed, is found, loaded and unloaded by a kmod that has this, or not found."""
    known, unknown = f"+{feature}", f"-{feature}"
    return (Cmd(f"cp bare.ko.{kind} {UPDATES}; depmod"),
            Cmd("modprobe -v bare", shows=(f"^insmod .*/bare.ko.{kind} ?$",), when=known),
            Loaded("bare 0", when=known),
            Cmd("rmmod bare", when=known),
            Cmd("modprobe bare", 1, shows=("FATAL: Module bare not found in directory ",),
                when=unknown),
            Cmd(f"rm {UPDATES}/bare.ko.{kind}; depmod"))


PARAMETERS: tuple[Row, ...] = (
    Row("param-load", "A parameter can be set in several places; the last one wins",
        "modprobe puts together the options of modprobe.d, then those of the kernel's command "
        "line (MODULE.NAME=VALUE), then those that you give it. If a name occurs more than once, "
        "the kernel keeps the last value. insmod reads no configuration.",
        (Cmd("modprobe core_mod"),
         Cmd(f"insmod {WALKER}; cat {NUM}", says="0"),
         Cmd("rmmod walker_mod"),
         Cmd("grep -o 'walker_mod.*' /proc/cmdline", says="walker_mod.num=3"),
         Cmd("grep options /etc/modprobe.d/taskmods.conf", says="options walker_mod num=10"),
         Cmd("modprobe -v walker_mod", shows=("/walker_mod.ko num=10 num=3 ?$",)),
         Cmd(f"cat {NUM}", says="3"),
         Cmd("rmmod walker_mod"),
         Cmd("modprobe -v walker_mod num=4", shows=("/walker_mod.ko num=10 num=3 num=4 ?$",)),
         Cmd(f"cat {NUM}", says="4"),
         Cmd("modprobe -r walker_mod"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod +walker_mod -walker_mod +walker_mod -walker_mod "
              "-core_mod",
        guest=Guest(append="walker_mod.num=3")),
    Row("param-types", "The type of a parameter limits its values, its mode says who may write it",
        "The type of a parameter decides which values the kernel accepts, at load and through "
        "sysfs. The last argument of module_param() is the mode of its file in "
        "/sys/module/NAME/parameters: with 0644 root may write it, with 0444 nobody may, and with "
        "0 there is no file.",
        (Cmd("cp /opt/taskmods/modules/types.ko ."),
         Cmd("insmod types.ko", log=("^types: hidden is 0, list has 0$",)),
         Cmd("cd /sys/module/types/parameters; stat -c '%a %n' *", hides="hidden",
             shows=("^644 a_bool$", "^644 a_byte$", "^644 a_charp$", "^644 a_long$",
                    "^644 a_short$", "^644 a_uint$", "^644 a_ulong$", "^644 a_ushort$",
                    "^444 an_int$", "^644 an_invbool$", "^644 list$")),
         Cmd("grep . *",
             shows=("^a_bool:N$", "^a_byte:0$", r"^a_charp:\(null\)$", "^an_int:0$",
                    "^an_invbool:Y$"), hides="^list"),
         Note("an_invbool shows the opposite of the module's variable."),
         written("a_byte", "256", "Numerical result out of range"),
         written("a_uint", "-1", "Invalid argument"),
         written("a_bool", "maybe", "Invalid argument"),
         Cmd("echo 1,2,3,4 > list", 1, says="echo: write error: Invalid argument",
             log=("^list: can only take 3 arguments$",)),
         Cmd("echo 7 > an_int", 1, says="an_int: Permission denied"),
         Cmd("echo 010 > a_byte; echo -0x10 > a_short; cat a_byte a_short", shows=("^8$", "^-16$")),
         Cmd("cd ~/row; rmmod types"),
         Cmd("insmod types.ko a_bool a_byte=255 a_charp=hi a_long=-2000000000 an_int=-1 "
             "an_invbool=y hidden=7 list=1,2",
             log=("^types: hidden is 7, list has 2$",)),
         Cmd("grep . /sys/module/types/parameters/* | cut -d/ -f6",
             shows=("^a_bool:Y$", "^a_byte:255$", "^a_charp:hi$", "^a_long:-2000000000$",
                    "^an_int:-1$", "^an_invbool:Y$", "^list:1,2$")),
         Cmd("rmmod types"),
         Note("Bad values stop the load:"),
         *(refused(words, errno) for words, errno in NONSENSE),
         Loaded()),
        order="+types -types +types -types"),
    Row("param-kinds", "Strings, lists and other kinds of parameters",
        "A string can be a buffer of the module's own: then a value that is too long gives ENOSPC. "
        "A list shows as many values as were given, or all where the module does not count them. "
        "A value that is refused in the middle of a list leaves those before it. echo writes a "
        "newline too, and a string keeps it; printf does not. A parameter that its author calls "
        "unsafe taints the kernel with U, bit 6, also if its value stays the same.",
        (Cmd("cp /opt/taskmods/modules/kinds.ko ."),
         Cmd("insmod kinds.ko; cd /sys/module/kinds/parameters"),
         Cmd("grep . *", hides="^words",
             shows=("^danger:N$", "^fixed:1,2,3$", "^flag:0$", "^mask:0x0{6}$", "^name:none$",
                    "^size:0$")),
         Cmd("echo too-long > name", 1, says="echo: write error: No space left on device",
             log=(r"^name: string doesn't fit in 7 chars\.$",)),
         Cmd("printf abcdefg > name; cat name", says="abcdefg"),
         Cmd("echo abcdef > name; cat name", shows=(r"\Aabcdef\n\n\Z",)),
         Cmd("echo yes > flag; echo 255 > mask; cat flag mask", shows=("^1$", "^0x0000ff$")),
         written("flag", "2", "Invalid argument"),
         written("size", "18446744073709551616", "Numerical result out of range"),
         Cmd("echo 18446744073709551615 > size; cat size", says="18446744073709551615"),
         Cmd("printf one,two > words; cat words", says="one,two"),
         Cmd("echo one,two,three,four > words", 1, says="echo: write error: Invalid argument",
             log=("^words: can only take 3 arguments$",)),
         Cmd("echo a,$(printf %01025d 0) > words", 1,
             says="echo: write error: No space left on device",
             log=("^words: string parameter too long$",)),
         Cmd("cat words", says="a"),
         Cmd("echo 4,5,6 > fixed", 1, says="fixed: Permission denied"),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) >> 6 & 1))", says="0"),
         Cmd("echo N > danger", log=("^Setting dangerous option danger - tainting kernel$",)),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) >> 6 & 1))", says="1"),
         Cmd("cd ~/row; rmmod kinds"),
         Cmd("insmod kinds.ko name=eth0 flag mask=0x10 words=a,b danger",
             log=("^Setting dangerous option danger - tainting kernel$",)),
         Cmd("grep . /sys/module/kinds/parameters/* | cut -d/ -f6",
             shows=("^danger:Y$", "^flag:1$", "^mask:0x000010$", "^name:eth0$", "^words:a,b$")),
         Cmd("rmmod kinds"),
         Cmd("insmod kinds.ko name=too-long-name", 1, says="No space left on device",
             log=(r"^name: string doesn't fit in 7 chars\.$",
                  "^kinds: `too-long-name' too large for parameter `name'$")),
         Loaded()),
        order="+kinds -kinds +kinds -kinds", guest=Guest()),
    Row("param-range", "A parameter that takes a range of numbers",
        "A module can give a parameter functions of its own, here one that takes 1 to 100, by the "
        "kernel's param_set_uint_minmax(). What is out of the range gives EINVAL, as what is no "
        "number; a number that is too large for its type still gives ERANGE.",
        (Host("make -s -C $KDIR M=$PWD/ranged modules"),
         Send(("ranged/ranged.ko",)),
         Cmd("insmod ranged.ko percent=0", 1, says="Invalid parameters",
             log=("^ranged: `0' invalid for parameter `percent'$",)),
         Cmd("insmod ranged.ko percent", 1, says="Invalid parameters",
             log=("^ranged: `' invalid for parameter `percent'$",)),
         Cmd("insmod ranged.ko percent=100; cd /sys/module/ranged/parameters; cat percent",
             says="100"),
         written("percent", "101", "Invalid argument"),
         written("percent", "ten", "Invalid argument"),
         written("percent", "4294967296", "Numerical result out of range"),
         Cmd("echo 1 > percent; cat percent", says="1"),
         Cmd("rmmod ranged"),
         Loaded()),
        order="+ranged -ranged", sources=("tests/modules/ranged",), needs=("linux >= 5.14",)),
    Row("param-every", "Parameters that every module has, and where parameters end",
        "async_probe lets a driver look for its devices at the same time as others, and dyndbg "
        "switches the module's debug messages on (CONFIG_DYNAMIC_DEBUG). Every module takes both, "
        "though modinfo lists neither, and they are not in sysfs. What comes after -- is for the "
        "init program at boot, and for a module nothing: it is reported and left out.",
        (Cmd("cp /opt/taskmods/modules/types.ko .; modinfo -p types.ko",
             hides="async_probe|dyndbg"),
         Cmd("dmesg -c > /dev/null; insmod types.ko async_probe dyndbg=+p an_int=1"),
         Cmd("dmesg | grep -c unknown", 1, says="0"),
         Cmd("dmesg | grep -c 'dyndbg param is supported only in CONFIG_DYNAMIC_DEBUG builds'",
             says="1", when="!CONFIG_DYNAMIC_DEBUG"),
         Cmd("ls /sys/module/types/parameters", hides="async_probe|dyndbg"),
         Cmd("rmmod types; insmod types.ko async_probe=no; rmmod types"),
         Call("finit_module", ("types.ko", "0", "an_int=2 -- an_int=3 other"), errno="0",
              log=("^types: parameters 'an_int=3 other' after `--' ignored$",)),
         Cmd("cat /sys/module/types/parameters/an_int", says="2"),
         Cmd("rmmod types"),
         Loaded()),
        order="+types -types +types -types +types -types"),
    Row("param-bad", "A bad value for a parameter stops the load",
        "The kernel sets the parameters before it runs the module's init function. What is not a "
        "number gives EINVAL, a number that is too large for the type gives ERANGE. The log has "
        "the value and the name of the parameter.",
        (Cmd("modprobe walker_mod num=abc", 1,
             says="could not insert 'walker_mod': Invalid argument",
             log=("^walker_mod: `abc' invalid for parameter `num'$",)),
         Loaded("core_mod 0"),
         Cmd(f"insmod {WALKER} num=", 1, says="Invalid parameters",
             log=("^walker_mod: `' invalid for parameter `num'$",)),
         Cmd(f"insmod {WALKER} num", 1, says="Invalid parameters",
             log=("^walker_mod: `' invalid for parameter `num'$",)),
         Cmd(f"insmod {WALKER} num=2147483648", 1, says="Numerical result out of range",
             log=("^walker_mod: `2147483648' invalid for parameter `num'$",)),
         Cmd(f"insmod {WALKER} num=1 num=1x", 1, says="Invalid parameters",
             log=("^walker_mod: `1x' invalid for parameter `num'$",)),
         Cmd("modprobe -r core_mod"),
         Cmd("cp /opt/taskmods/modules/types.ko ."),
         Cmd("insmod types.ko list=1,2,3,4", 1, says="Invalid parameters",
             log=("^list: can only take 3 arguments$",
                  "^types: `1' invalid for parameter `list'$")),
         Cmd("insmod types.ko a_charp=$(printf %01025d 0)", 1, says="No space left on device",
             log=("^a_charp: string parameter too long$",)),
         Loaded()),
        order="+core_mod -core_mod"),
    Row("param-unknown", "An unknown parameter is reported in the log, and the module loads",
        "A module is loaded even with a parameter that it does not know, so that an old "
        "configuration does not stop a newer module. The only sign is a line in the kernel log, "
        "so a mistyped name goes unnoticed.",
        (Cmd("modprobe walker_mod num=1 nmu=2 loud",
             log=("^walker_mod: unknown parameter 'nmu' ignored$",
                  "^walker_mod: unknown parameter 'loud' ignored$")),
         Cmd("ls /sys/module/walker_mod/parameters", says="num", hides="nmu|loud"),
         Cmd("modprobe -r walker_mod"),
         Cmd(f"cp {SUITE}/core_mod.ko ."),
         Call("finit_module", ("core_mod.ko", "0", "nmu=2"), errno="0",
              log=("^core_mod: unknown parameter 'nmu' ignored$",)),
         Cmd("rmmod core_mod"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod +core_mod -core_mod"),
)

SOFTDEPS: tuple[Row, ...] = (
    Row("softdep", "Soft dependencies: an order that no symbol expresses",
        "MODULE_SOFTDEP() in a module, or a softdep line in modprobe.d, names other modules: "
        "modprobe then loads some before it (pre) and some after it (post), and goes on without "
        "those that it cannot load. If a module has several such declarations, only the first "
        "counts. The module's own, which depmod writes to modules.softdep, comes before those of "
        "modprobe.d.",
        (Cmd("grep soft_ /lib/modules/$(uname -r)/modules.softdep",
             says="softdep soft_main pre: soft_first post: soft_last"),
         Cmd("modprobe -v soft_main",
             shows=("/soft_first.ko ?$", "/soft_main.ko ?$", "/soft_last.ko ?$")),
         Loaded("soft_first 0", "soft_main 0", "soft_last 0"),
         Cmd("modprobe -r -v soft_main",
             shows=("^rmmod soft_last$", "^rmmod soft_main$", "^rmmod soft_first$")),
         Cmd(f"echo softdep soft_main pre: bare > {CONF}"),
         Cmd("modprobe -n -v soft_main", shows=("soft_first.ko", "soft_main.ko", "soft_last.ko"),
             hides="bare"),
         Note("Two lines for one module: the second is ignored. Then both in one line:"),
         Cmd(f"echo softdep bare pre: soft_first > {CONF}"),
         Cmd(f"echo softdep bare post: soft_last >> {CONF}"),
         Cmd("modprobe -n -v bare", shows=("soft_first.ko", "bare.ko"), hides="soft_last"),
         Cmd(f"echo softdep bare pre: soft_first nosuch post: soft_last > {CONF}"),
         Cmd("modprobe -v bare", shows=("soft_first.ko", "bare.ko", "soft_last.ko"),
             hides="nosuch"),
         Cmd(f"modprobe -r bare; rm {CONF}"),
         Loaded()),
        order="+soft_first +soft_main +soft_last -soft_last -soft_main -soft_first "
              "+soft_first +bare +soft_last -soft_last -bare -soft_first",
        installs=("soft_first", "soft_main", "soft_last", "bare")),
    Row("weakdep", "A weak dependency is for tools that build an initramfs; modprobe ignores it",
        "With a weakdep a module names another one that it may ask for by itself later. modprobe "
        "does not load it: it is a hint for tools that build an initramfs. kmod knows weakdeps "
        "from version 33 on. In older versions depmod ignores them, and modprobe complains about "
        "the line and goes on.",
        (Cmd("modinfo -F weakdep weak_main", says="bare"),
         Cmd("grep weak_main /lib/modules/$(uname -r)/modules.weakdep",
             says="weakdep weak_main bare", when="kmod >= 33"),
         Cmd("ls /lib/modules/$(uname -r)/modules.weakdep", 1, says="No such file or directory",
             when="kmod < 33"),
         Cmd("modprobe -v weak_main", shows=("^insmod .*/weak_main.ko ?$",), hides="bare"),
         Cmd("rmmod weak_main"),
         Cmd(f"echo weakdep bare weak_main > {CONF}"),
         Cmd("modprobe -c | grep weakdep.bare", says="weakdep bare weak_main", when="kmod >= 33"),
         Cmd("modprobe -v bare", shows=("^insmod .*/bare.ko ?$",), hides="weak",
             when="kmod >= 33"),
         Cmd("modprobe -v bare", hides="weak_main", when="kmod < 33",
             shows=(f"{CONF} line 1: ignoring bad line starting with 'weakdep'$",
                    "^insmod .*/bare.ko ?$")),
         Loaded("bare 0"),
         Cmd(f"rm {CONF}; rmmod bare"),
         Loaded()),
        order="+weak_main -weak_main +bare -bare", installs=("weak_main", "bare")),
)

COMMANDS: tuple[Row, ...] = (
    Row("install", "An install line replaces the loading of a module",
        "With an install line in modprobe.d, modprobe runs a command instead of loading the "
        "module, also where the module is a dependency. So /bin/false keeps a module out, and "
        "blacklist does not. --ignore-install works only for the module that is named. If the "
        "same module has a softdep, modprobe ignores the install line, without a message.",
        (Cmd(f"echo install core_mod /bin/false > {CONF}"),
         Cmd("modprobe walker_mod", 1, says="could not insert 'walker_mod': Invalid argument",
             shows=("Error running install command '/bin/false' for module core_mod: retcode 1$",)),
         Cmd("modprobe --ignore-install walker_mod", 1,
             says="could not insert 'walker_mod': Invalid argument"),
         Loaded(),
         Cmd("modprobe --ignore-install core_mod; modprobe walker_mod"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("modprobe -r walker_mod"),
         Cmd("modprobe -n -v core_mod", says="install /bin/false"),
         Cmd(f"echo softdep core_mod pre: bare >> {CONF}"),
         Cmd("modprobe -v core_mod", shows=("^insmod .*/bare.ko ?$", "^insmod .*/core_mod.ko ?$"),
             hides="false"),
         Cmd(f"modprobe -r core_mod; rm {CONF}"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod +bare +core_mod -core_mod -bare",
        installs=("bare",)),
    Row("install-words", "What the command of an install line is told",
        "modprobe puts the parameters that it was given in the place of $CMDLINE_OPTS; without "
        "that word they are lost. MODPROBE_MODULE has the name of the module. MODPROBE_OPTIONS "
        "has the options -C, -q, -s and -v, which a modprobe in the command takes over.",
        (Cmd("echo 'install types echo $MODPROBE_MODULE: $MODPROBE_OPTIONS; "
             "modprobe --ignore-install types $CMDLINE_OPTS' > my.conf"),
         Cmd("modprobe -C my.conf -v types a_charp='two words' an_int=5",
             shows=("^types: -C my.conf -v$",
                    "^insmod .*/types.ko a_charp=\"two words\" an_int=5 ?$")),
         Cmd("(cd /sys/module/types/parameters; cat a_charp an_int)",
             shows=("\\Atwo words\n5\n\\Z",)),
         Cmd("modprobe -r types"),
         Cmd("echo 'install types modprobe --ignore-install types' > my.conf"),
         Cmd("modprobe -C my.conf types an_int=5; cat /sys/module/types/parameters/an_int",
             says="0"),
         Cmd("modprobe -r types"),
         Loaded()),
        order="+types -types +types -types", installs=("types",)),
    Row("environment", "modprobe takes options from the environment, too",
        "What MODPROBE_OPTIONS has, modprobe reads as if it stood first on its command line; "
        "quotes hold words together. If a script forgets the variable, modprobe does something "
        "else than what is typed. The other tools do not read it.",
        (Cmd("MODPROBE_OPTIONS='-n -v' modprobe bare", shows=("^insmod .*/bare.ko ?$",)),
         Loaded(),
         Cmd("MODPROBE_OPTIONS=-q modprobe nosuch 2>&1", 1, shows=("\\A\\Z",)),
         Cmd("modprobe bare"),
         Cmd("MODPROBE_OPTIONS=-r modprobe bare"),
         Loaded(),
         Cmd("MODPROBE_OPTIONS=-r lsmod", shows=("^Module ",)),
         Cmd("echo options types an_int=5 > 'my conf'"),
         Cmd("MODPROBE_OPTIONS=\"-n -v -C 'my conf'\" modprobe types",
             shows=("types.ko an_int=5 ?$",)),
         Cmd("MODPROBE_OPTIONS=\"-n -v --config='my conf'\" modprobe types",
             shows=("types.ko an_int=5 ?$",)),
         Loaded()),
        order="+bare -bare", installs=("bare", "types")),
    Row("remove-cmd", "A remove line replaces the unloading of a module",
        "With a remove line in modprobe.d, modprobe -r runs a command instead of unloading the "
        "module, and reports when it fails. rmmod does not know of it. modprobe -r does not run "
        "it for a dependency that it unloads because nothing uses it any more.",
        (Cmd(f"echo 'remove bare echo farewell; modprobe -r --ignore-remove bare' > {CONF}"),
         Cmd("modprobe bare"),
         Cmd("modprobe -r bare", says="farewell"),
         Cmd(f"echo remove bare /bin/false > {CONF}"),
         Cmd("modprobe bare"),
         Cmd("modprobe -r bare", 1, says="FATAL: Error running remove command for bare"),
         Loaded("bare 0"),
         Cmd("rmmod bare"),
         Cmd(f"echo remove core_mod /bin/false > {CONF}"),
         Cmd("modprobe walker_mod"),
         Cmd("modprobe -r walker_mod"),
         Cmd(f"rm {CONF}"),
         Loaded()),
        order="+bare -bare +bare -bare +core_mod +walker_mod -walker_mod -core_mod",
        installs=("bare",)),
    Row("blacklist", "modprobe's blacklist stops aliases; the kernel's own stops everything",
        "A blacklist line in modprobe.d, or modprobe.blacklist= on the kernel's command line, "
        "stops a module that is loaded by an alias, as for a device. It stops a load by name only "
        "with -b, and a load as a dependency never. With module_blacklist= the kernel itself "
        "refuses the module, whoever loads it.",
        (Cmd(f"echo blacklist core_mod > {CONF}"),
         Cmd("modprobe -v symbol:tcore_walk"),
         Cmd("modprobe -b -v core_mod"),
         Loaded(),
         Cmd("modprobe core_mod; rmmod core_mod"),
         Cmd("modprobe -b walker_mod"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd(f"modprobe -r walker_mod; rm {CONF}"),
         Cmd("grep -o '[a-z_.]*blacklist=.*' /proc/cmdline",
             says="modprobe.blacklist=bare module_blacklist=nonesuch,report_mod"),
         Cmd("modprobe -c | grep blacklist", says="blacklist bare"),
         Cmd("modprobe -b -v bare"),
         Loaded(),
         Cmd("modprobe -v bare; rmmod bare", shows=("^insmod .*/bare.ko ?$",)),
         Cmd("modprobe report_mod", 1,
             says="could not insert 'report_mod': Operation not permitted",
             log=("^Module report_mod is blacklisted$",)),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd(f"cp {SUITE}/report_mod.ko ."),
         Call("finit_module", ("report_mod.ko", "0", ""), errno="EPERM"),
         Cmd("modprobe -r walker_mod"),
         Loaded()),
        order="+core_mod -core_mod +core_mod +walker_mod -walker_mod -core_mod +bare -bare "
              "+core_mod +walker_mod -walker_mod -core_mod", installs=("bare",),
        guest=Guest(append="modprobe.blacklist=bare module_blacklist=nonesuch,report_mod")),
)

FILES: tuple[Row, ...] = (
    Row("dir-priority", "A file in /etc hides files of the same name in /run and /usr/lib",
        "modprobe reads *.conf in /etc/modprobe.d, /run/modprobe.d, /usr/local/lib/modprobe.d and "
        "/usr/lib/modprobe.d (before kmod 31 /lib/modprobe.d). If several files have the same "
        "name it reads only the first. It reads all of them in the order of their names, whatever "
        "their directory. A file whose name does not end in .conf is ignored.",
        (Cmd("LIB=/lib", when="kmod < 31"),
         Cmd("LIB=/usr/lib", when="kmod >= 31"),
         Cmd("mkdir -p /run/modprobe.d $LIB/modprobe.d"),
         options("my.conf", "$LIB", "lib"),
         Cmd("modprobe -n -v types", shows=("types.ko a_charp=lib ?$",)),
         options("my.conf", "/run", "run"),
         Cmd("modprobe -n -v types", shows=("types.ko a_charp=run ?$",)),
         options("my.conf", "/etc", "etc"),
         Cmd("modprobe -n -v types", shows=("types.ko a_charp=etc ?$",)),
         options("z.conf", "$LIB", "last"),
         options("other", "/etc", "other"),
         Cmd("modprobe -v types", shows=("types.ko a_charp=etc a_charp=last ?$",)),
         Cmd("cat /sys/module/types/parameters/a_charp; rmmod types", says="last"),
         Note("A link to /dev/null switches off a file of the distribution:"),
         Cmd("ln -s /dev/null /etc/modprobe.d/z.conf"),
         Cmd("modprobe -n -v types", shows=("types.ko a_charp=etc ?$",)),
         Cmd("rm {/etc,/run,$LIB}/modprobe.d/my.conf {/etc,$LIB}/modprobe.d/z.conf "
             "/etc/modprobe.d/other"),
         Cmd("modprobe -n -v types", shows=("types.ko ?$",))),
        order="+types -types", installs=("types",)),
)

INDEX: tuple[Row, ...] = (
    Row("depmod-search", "depmod's configuration decides between modules of the same name",
        "depmod puts one file for each name into the index. By default a file below updates/ "
        "comes first, and all other directories are equal: between extra/ and kernel/ it is left "
        "to chance. In /etc/depmod.d, search sets another order, override decides for one module, "
        "exclude (not in kmod 28) leaves directories out, and external adds directories outside "
        "the tree.",
        (Cmd("cd /lib/modules/$(uname -r); mkdir -p kernel; cp extra/bare.ko kernel; "
             "cp extra/bare.ko updates; mkdir -p /etc/depmod.d"),
         Cmd("depmod; grep bare modules.dep", says="updates/bare.ko:"),
         *reindexed("search kernel extra updates", "kernel/bare.ko:"),
         *reindexed("search extra kernel updates", "extra/bare.ko:"),
         *reindexed("override bare * kernel", "kernel/bare.ko:"),
         Note("An override may be for one release only, here for one that is not running:"),
         *reindexed("override bare 1.2.3 kernel", "updates/bare.ko:"),
         Cmd(f"echo 'search updates extra kernel' > {DEPMOD_CONF}"),
         Cmd(f"echo 'exclude updates' >> {DEPMOD_CONF}"),
         Cmd("depmod; grep bare modules.dep", says="extra/bare.ko:", when="kmod >= 29"),
         Cmd("modprobe report_mod", 1, when="kmod >= 29",
             shows=("FATAL: Module report_mod not found in directory ",)),
         Cmd("depmod; grep bare modules.dep", says="updates/bare.ko:", when="kmod < 29",
             shows=(f"{DEPMOD_CONF}:2: ignoring bad line starting with 'exclude'$",)),
         Cmd("mkdir -p /opt/drivers; cp extra/bare.ko /opt/drivers"),
         Cmd(f"echo 'external * /opt/drivers' > {DEPMOD_CONF}"),
         Cmd(f"echo search external updates built-in >> {DEPMOD_CONF}"),
         Cmd("depmod; modprobe -v bare", says="insmod /opt/drivers/bare.ko"),
         Cmd("rmmod bare"),
         Cmd(f"rm -r /opt/drivers {DEPMOD_CONF} kernel/bare.ko updates/bare.ko"),
         Cmd("depmod; grep bare modules.dep", says="extra/bare.ko:")),
        order="+bare -bare", installs=("bare",)),
    Row("depmod-cycle", "Modules that need each other can be neither loaded nor indexed",
        "The build lets two modules use symbols of each other. Then neither can be loaded first. "
        "depmod names the cycle, fails, and leaves the whole index as it was, so that other "
        "modules that were installed with these two are not found either.",
        (Cmd(f"cp /opt/taskmods/modules/{{cycle_one,cycle_two,bare}}.ko {UPDATES}"),
         Cmd("cp /lib/modules/$(uname -r)/modules.dep* ."),
         Cmd("depmod", 1, says="depmod: ERROR: Found 2 modules in dependency cycles!",
             shows=("ERROR: Cycle detected: (cycle_one -> cycle_two -> cycle_one|"
                    "cycle_two -> cycle_one -> cycle_two)$",)),
         Cmd("for f in modules.dep*; do cmp $f /lib/modules/$(uname -r)/$f || exit; done"),
         Cmd("modprobe report_mod"),
         Cmd("modprobe -r report_mod walker_mod"),
         Cmd("modprobe bare", 1, shows=("FATAL: Module bare not found in directory ",)),
         Cmd(f"insmod {UPDATES}/cycle_one.ko", 1,
             says="Unknown symbol in module",
             log=(r"^cycle_one: Unknown symbol cycle_two \(err -2\)$",)),
         Cmd(f"rm {UPDATES}/{{cycle_one,cycle_two}}.ko; depmod"),
         Cmd("modprobe bare; rmmod bare"),
         Cmd(f"rm {UPDATES}/bare.ko; depmod"),
         Loaded()),
        order="+core_mod +walker_mod +report_mod -report_mod -walker_mod -core_mod +bare -bare"),
    Row("depmod-compressed", "A compressed module is unpacked by kmod, or by the kernel",
        "depmod, modprobe and insmod know the kinds of compression that kmod was built with: in "
        "Debian xz and, since Debian 12, zstd, but not gzip. The kernel unpacks a file only if it "
        "was built with CONFIG_MODULE_DECOMPRESS, and if the caller says that the file is "
        "compressed, by the flag MODULE_INIT_COMPRESSED_FILE (4). Otherwise kmod gives it the "
        "unpacked module.",
        (Host("make -C $KDIR M=$PWD/bare modules", shows=("LD \\[M\\] .*bare.ko$",)),
         Host("cd bare; xz -k --check=crc32 bare.ko; zstd -q bare.ko; gzip -k bare.ko"),
         Send(("bare/bare.ko.xz", "bare/bare.ko.zst", "bare/bare.ko.gz")),
         Cmd("kmod --version", shows=("[+-]ZSTD [+-]XZ [+-]ZLIB",)),
         *compression("xz", "XZ"),
         *compression("zst", "ZSTD"),
         *compression("gz", "ZLIB"),
         Cmd("insmod bare.ko.gz", 1, says="Invalid module format", when="-ZLIB and kmod < 34"),
         Cmd("insmod bare.ko.gz", 1, says="Function not implemented", when="-ZLIB and kmod >= 34"),
         Call("finit_module", ("bare.ko.xz", "0", ""), errno="ENOEXEC", when="linux < 5.16"),
         Call("finit_module", ("bare.ko.xz", "0", ""), errno="ENOEXEC", when="linux >= 5.16",
              log=(r"^Invalid ELF header magic: != \\x7fELF$",)),
         Call("finit_module", ("bare.ko.xz", "4", ""), errno="EINVAL", when="linux < 5.17"),
         Call("finit_module", ("bare.ko.xz", "4", ""), errno="EOPNOTSUPP",
              when="linux >= 5.17 and !CONFIG_MODULE_DECOMPRESS"),
         Call("finit_module", ("bare.ko.xz", "4", ""),
              when="CONFIG_MODULE_DECOMPRESS and CONFIG_MODULE_COMPRESS_XZ"),
         Cmd("rmmod bare", when="CONFIG_MODULE_DECOMPRESS and CONFIG_MODULE_COMPRESS_XZ"),
         Loaded()),
        order=None, sources=("tests/modules/bare",)),
)

ROWS: tuple[Row, ...] = PARAMETERS + SOFTDEPS + COMMANDS + FILES + INDEX
