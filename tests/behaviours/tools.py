# SPDX-License-Identifier: GPL-2.0
"""kmod's tools themselves: how they are called, what their options do, and their known faults."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Cmd, Loaded, Note

from .common import FIXTURES, SUITE, UPDATES

CONF = "/etc/modprobe.d/my.conf"
# What is called wrongly, and what is said of it.
WRONG = (
    ("insmod", "missing filename."), ("insmod -", "this tool does not support loading from stdin!"),
    ("rmmod", "missing module name."), ("modinfo", "missing module or filename."),
    ("lsmod core_mod", "Usage: |too many arguments provided."),
    ("modprobe", "missing parameters. See -h."),
    ("modprobe -r", "missing parameters. See -h."),
)
TOOLS = ("modprobe", "insmod", "rmmod", "lsmod", "modinfo", "depmod")


def wrong(command: str, says: str) -> Cmd:
    """A command that a tool refuses."""
    return Cmd(f"{command} 2>&1", 1, shows=(says.replace(".", r"\."),))


CALLED: tuple[Row, ...] = (
    Row("usage", "What the tools say when they are called wrongly",
        "All tools are one program, kmod, under different names. Each has --help and --version, "
        "and returns 1 if something is missing or is not known. Nothing is loaded or unloaded "
        "then.",
        (*(Cmd(f"{tool} --help", shows=(f"{tool} ",)) for tool in TOOLS if tool != "lsmod"),
         *(Cmd(f"{tool} --version", shows=("^kmod version [0-9]",)) for tool in TOOLS
           if tool != "lsmod"),
         *(Cmd(f"{tool} --nonsense", 1, shows=("unrecognized option '--nonsense'",))
           for tool in TOOLS if tool != "lsmod"),
         *(wrong(command, says) for command, says in WRONG),
         Cmd("kmod help", shows=("^ *list +", "^ *static-nodes +")),
         Cmd("kmod nonsense", 1, shows=("invalid command 'nonsense'",)),
         Loaded())),
    Row("kmod-list", "kmod's own commands: list and static-nodes",
        "kmod list shows what lsmod shows. kmod static-nodes reads modules.devname and says which "
        "device files must exist before their module is loaded: opening one loads it. systemd "
        "makes these files at boot.",
        (Cmd("modprobe walker_mod"),
         Cmd("kmod list > list; lsmod | cmp - list"),
         Cmd("modprobe -r walker_mod"),
         Cmd("echo 'gone devices/gone c10:250' > devname; "
             "mv devname /lib/modules/$(uname -r)/modules.devname"),
         Cmd("kmod static-nodes -o nodes; cat nodes",
             shows=("^Module: gone$", "Device node: /dev/devices/gone$",
                    "Type: character device$", "Major: 10$", "Minor: 250$")),
         Cmd("kmod static-nodes -f devname -o nodes; cat nodes", says="gone devices/gone c10:250"),
         Cmd("kmod static-nodes -f tmpfiles -o nodes; cat nodes",
             shows=("^d.? /dev/devices 0755 - - -$", "^c.? /dev/devices/gone 0600 - - - 10:250$")),
         Cmd("kmod static-nodes -f nonsense", 1, shows=("Unknown format: 'nonsense'\\.",)),
         Cmd("kmod static-nodes --help", shows=("kmod static-nodes \\[options\\]", "^\ttmpfiles ")),
         Cmd("kmod static-nodes --nonsense", 1, shows=("unrecognized option '--nonsense'",)),
         Note("A line that it cannot read is left out, and the status is 1; no file is no error:"),
         Cmd("printf 'gone devices/gone x10:250\\nback back c10:251\\n' > "
             "/lib/modules/$(uname -r)/modules.devname"),
         Cmd("kmod static-nodes -f devname -o nodes", 1,
             says="Error: invalid devname entry: gone devices/gone x10:250"),
         Cmd("cat nodes", says="back back c10:251"),
         Cmd("rm /lib/modules/$(uname -r)/modules.devname; kmod static-nodes",
             shows=("Warning: /lib/modules/.*/modules.devname not found - ignoring$",)),
         Cmd("depmod"), Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("modprobe-options", "modprobe for several modules, silently, or for another directory",
        "With -a all words are modules; without it, all words but the first are parameters. -q "
        "says nothing of a module that is not there, and the status is 1 all the same. -d and -S "
        "take the modules of another root and release.",
        (Cmd("modprobe -a bare chain_1 nosuch", 1,
             shows=("WARNING: Module nosuch not found in directory ",)),
         Loaded("bare 0", "chain_1 0"),
         Cmd("modprobe -r -a bare chain_1"),
         Cmd("modprobe -q nosuch", 1, shows=("\\A\\Z",)),
         Cmd("modprobe --first-time -r bare", 1, says="Module bare is not in kernel."),
         Cmd("modprobe -r bare"),
         Cmd("mkdir -p root/lib/modules/1.2.3"),
         Cmd(f"cp {FIXTURES}/bare.ko root/lib/modules/1.2.3; depmod -b root 1.2.3"),
         Cmd("modprobe -n -v -d root -S 1.2.3 bare", shows=("/lib/modules/1.2.3/bare.ko ?$",)),
         Cmd("modprobe -n -v -d root -S 1.2.3 chain_1", 1,
             shows=("Module chain_1 not found in directory .*root/lib/modules/1.2.3",)),
         Cmd("echo options bare one=1 > my.conf; modprobe -C my.conf -n -v bare",
             shows=("bare.ko one=1 ?$",)),
         Loaded()),
        order="+bare +chain_1 -bare -chain_1", installs=("bare", "chain_1")),
    Row("rmmod-options", "rmmod by file name, by several names, and where the log goes",
        "rmmod takes the name of a module, or a file whose module it reads. With -s messages go "
        "to the system log instead of the terminal.",
        (Cmd(f"cp {FIXTURES}/bare.ko ."),
         Cmd("insmod ./bare.ko"),
         Cmd("rmmod ./bare.ko"),
         Cmd("insmod ./bare.ko; rmmod -v bare"),
         Cmd("rmmod -s bare", 1, shows=("\\A\\Z",)),
         Loaded()),
        order=None),
    Row("modinfo-options", "modinfo for one field, another kernel, or programs that read it",
        "-F prints one field; -a, -d, -l, -p and -n are short for the usual ones. With -0 the "
        "values end in a NUL, so that a script can tell them apart whatever is in them. -k and -b "
        "take the modules of another release and root. -m (from kmod 30 on) takes the word for a "
        "name, not for an alias.",
        (Cmd("modinfo -n core_mod", shows=("/core_mod.ko$",)),
         Cmd("modinfo -l core_mod", says="GPL"), Cmd("modinfo -a core_mod", shows=("taskmods",)),
         Cmd("modinfo -d walker_mod", shows=(".",)), Cmd("modinfo -p walker_mod", shows=("^num:",)),
         Cmd("modinfo -0 -F license core_mod walker_mod | tr '\\0' '|'", shows=("^GPL\\|GPL\\|",)),
         Cmd(f"modinfo -F license {SUITE}/core_mod.ko", says="GPL"),
         Cmd("modinfo -k 1.2.3 core_mod", 1, shows=("Module .*core_mod not found",)),
         Cmd("modinfo -b /nonsense core_mod", 1, shows=("Module .*core_mod not found",)),
         Cmd("modinfo ./nosuch.ko", 1, shows=("nosuch.ko",)),
         Cmd("modinfo -m core_mod", shows=("^name: +core_mod$",), when="kmod >= 30"),
         Cmd("modinfo -m symbol:tcore_walk", 1, when="kmod >= 30"),
         Cmd("modinfo symbol:tcore_walk", shows=("^name: +core_mod$",)))),
    Row("depmod-options", "depmod: only print, only what is new, and which symbols are missing",
        "depmod -n prints what it would write to the files and writes none. -A does nothing if no "
        "module has a later date than modules.dep. -e with the kernel's list of symbols, by -F, "
        "names those that no module and no kernel has; with a Module.symvers, by -E, also those "
        "whose checksum differs.",
        (Cmd("depmod -n | grep walker_mod.ko:", shows=("walker_mod.ko: .*core_mod.ko$",)),
         Cmd("cp -p /lib/modules/$(uname -r)/modules.dep before; depmod -A; "
             "cmp before /lib/modules/$(uname -r)/modules.dep"),
         Cmd("mkdir -p root/lib/modules/1.2.3"),
         Cmd(f"cp {SUITE}/walker_mod.ko root/lib/modules/1.2.3"),
         Cmd("echo 0000000000000000 T nothing > map"),
         Cmd("depmod -b root -e -F map 1.2.3 2>&1 | grep tcore_walk",
             shows=("needs unknown symbol tcore_walk$",)),
         Cmd("printf '0x0000abcd\\ttcore_walk\\tvmlinux\\tEXPORT_SYMBOL_GPL\\n' > symvers"),
         Cmd("depmod -b root -e -E symvers 1.2.3 2>&1 | grep -w tcore_walk",
             says="disagrees about version of symbol tcore_walk"),
         Cmd("depmod -b root 4.5.6", 1, shows=("could not open directory .*4.5.6",)),
         Cmd("depmod -e", shows=("-e needs -E or -F",)),
         Note("A module that comes with an old date, as from a package, is not new to -A:"),
         Cmd(f"cp {FIXTURES}/bare.ko {UPDATES}; touch -d 2001-01-01 {UPDATES}/bare.ko; depmod -A"),
         Cmd("modinfo -n bare", 1, shows=("Module .*bare not found",)),
         Cmd(f"touch -d 2037-01-01 {UPDATES}/bare.ko; depmod -A"),
         Cmd("modinfo -n bare", shows=("/updates/bare.ko$",)),
         Cmd(f"rm {UPDATES}/bare.ko; depmod"))),
)

FAULTS: tuple[Row, ...] = (
    Row("remove-wait-over", "modprobe -r --wait does not say that its time is over",
        "When the time of --wait is over, the module is still loaded. kmod from 29 up to 34.2 then "
        "either returns 0 or never ends: get_backoff_delta_msec() in shared/util.c halves a step "
        "until it fits into the time that is left, and where that is less than nothing, none "
        "fits. So look whether the module is gone; do not trust the status.",
        (Cmd("modprobe walker_mod"),
         Cmd("exec 3< /proc/taskmods/tasks"),
         Cmd("timeout -s KILL 10 $(command -v modprobe) -r --wait 50 walker_mod 3<&-; status=$?; "
             "[ $status = 0 ] || [ $status = 137 ]"),
         Loaded("core_mod 1 walker_mod", "walker_mod 1"),
         Cmd("exec 3<&-; modprobe -r walker_mod"),
         Loaded()),
        needs=("kmod >= 30",), order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("lsmod-without-sysfs", "lsmod shows -2 where it cannot read a size or a count",
        "lsmod reads the list of modules from /proc/modules, their sizes and how often each is "
        "used from /sys. Without /sys, as in some containers, or where a module goes just then, it "
        "shows the number of the error instead: -2 is ENOENT. It is no size and no count, and the "
        "users are missing.",
        (Cmd("modprobe walker_mod"),
         Cmd("unshare -m bash -c 'umount -l /sys; lsmod'",
             shows=("^walker_mod +-2 +-2$", "^core_mod +-2 +-2$")),
         Cmd("lsmod", shows=("^walker_mod +\\d+ +0$", "^core_mod +\\d+ +1 walker_mod$")),
         Cmd("unshare -m bash -c 'umount -l /proc; lsmod'", 1,
             shows=("could not get list of modules: No such file or directory",)),
         Cmd("modprobe -r walker_mod"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
)

LOOKUPS: tuple[Row, ...] = (
    Row("preview-alias", "--show-depends with an alias shows all that it leads to",
        "An alias may lead to several modules: modprobe loads all of them, with what each needs. "
        "An install line is shown instead of the file. If the alias leads to nothing, the status "
        "is 1.",
        (Cmd("modprobe --show-depends taskmods:v42", shows=("\\Ainsmod /.*/aliased.ko \n\\Z",)),
         Cmd(f"printf 'alias several bare\\nalias several chain_2\\n' > {CONF}"),
         Cmd("modprobe --show-depends several",
             shows=("^insmod /.*/bare.ko $", "^insmod /.*/chain_1.ko $",
                    "^insmod /.*/chain_2.ko $")),
         Cmd("modprobe -R several", shows=("^bare$", "^chain_2$")),
         Cmd(f"echo 'install bare echo $CMDLINE_OPTS' >> {CONF}"),
         Cmd("modprobe --show-depends several one=1", shows=("^install echo .*one=1",)),
         Cmd("modprobe several one=1", says="one=1"),
         Loaded("chain_1 1 chain_2", "chain_2 0"),
         Cmd("modprobe -r chain_2; modprobe --show-depends nosuch", 1,
             shows=("Module nosuch not found in directory ",)),
         Cmd(f"rm {CONF}"),
         Loaded()),
        order="+chain_1 +chain_2 -chain_2 -chain_1",
        installs=("aliased", "bare", "chain_1", "chain_2")),
    Row("overlong-line", "Lines of modprobe.d may be of any length",
        "A line goes on in the next one after a backslash. kmod reads lines of any length; the "
        "limit is the kernel's: 1023 bytes in a charp parameter.",
        (Cmd(f"{{ echo 'options types \\'; echo an_int=7 a_charp=$(printf %01023d 0); }} > {CONF}"),
         Cmd("modprobe types; cat /sys/module/types/parameters/an_int", says="7"),
         Cmd("wc -c < /sys/module/types/parameters/a_charp", says="1024"),
         Cmd("rmmod types"),
         Cmd(f"echo options types a_charp=$(printf %020000d 0) > {CONF}"),
         Cmd("modprobe -c | grep '^options types' | wc -c", says="20023"),
         Cmd("modprobe types", 1, shows=("could not insert 'types': No space left on device",),
             log=("^a_charp: string parameter too long$",)),
         Cmd(f"printf 'options\\nnonsense types\\n' > {CONF}"),
         Cmd("modprobe types", shows=(f"{CONF} line 1: ignoring bad line starting with 'options'$",
                                      "line 2: ignoring bad line starting with 'nonsense'$")),
         Cmd(f"rm {CONF}; rmmod types"),
         Loaded()),
        order="+types -types +types -types", installs=("types",)),
    Row("cmdline-quotes", "Options with spaces on the kernel's command line",
        "MODULE.NAME=\"some words\" is one option for modprobe, too; GRUB passes it as "
        "\"MODULE.NAME=some words\", which means the same. A name with a quote in the middle is "
        "ignored; from kmod 30 on so is one with a second dot.",
        (Cmd("modprobe -c | grep '^options types'",
             shows=('^options types a_charp="two words"$', "^options types an_int=5$"),
             hides="a_bool"),
         Cmd("modprobe -c | grep -c a_byte", 1, says="0", when="kmod >= 30"),
         Cmd("modprobe types; cd /sys/module/types/parameters; cat a_charp an_int; cd ~/row",
             shows=("^two words$", "^5$")),
         Cmd("rmmod types"),
         Loaded()),
        order="+types -types", installs=("types",),
        guest=Guest('types.a_charp="two words" types.an_int=5 types.x.a_byte=1 ty"pes.a_bool"=1')),
)

ROWS: tuple[Row, ...] = CALLED + FAULTS + LOOKUPS
