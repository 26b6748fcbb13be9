# SPDX-License-Identifier: GPL-2.0
"""Seeing it: what the kernel and the tools show of modules, and that they agree."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Cmd, Events, Host, Loaded, Note, Send

from .common import FIXTURES, oops

# What the kernel says of a probe in a module that is not there.
LATER = "This probe might be able to register after target module is loaded"
MODULES_DIR = "cd /lib/modules/$(uname -r)/updates/taskmods"
# Eight digits on a 32-bit kernel.
ADDRESS = "^(?!0+ )[0-9a-f]{8,16}"
# A symbol that is gone once init is done.
INIT = r" [tT] core_mod_init\t"
# How a version magic ends: some processors have a word of their own there.
MADE_FOR = r"(aarch64|riscv|686 |GEODE |patchable-function-entry relocatable )?\n\Z"
# The names that core_mod exports, and those that walker_mod needs of them.
EXPORTS = ("tcore_check_interface", "tcore_count", "tcore_escape", "tcore_file_register",
           "tcore_file_unregister", "tcore_put_number", "tcore_walk", "tcore_walk_threads")
NEEDS = tuple(name for name in EXPORTS if name != "tcore_count")

ROWS = (
    Row("lsmod", "lsmod, /proc/modules and /sys/module agree",
        "lsmod only formats what the kernel shows: a line of /proc/modules and a directory in "
        "/sys/module for each module. Both change with every load and unload. Here all three are "
        "compared after every step.",
        (Cmd(MODULES_DIR),
         Cmd("insmod core_mod.ko"),
         Loaded("core_mod 0"),
         Cmd("insmod walker_mod.ko num=1"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("insmod report_mod.ko"),
         Cmd("exec 3< /proc/taskmods/report"),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 0", "report_mod 1"),
         Cmd("cat /proc/modules",
             shows=(r"\Areport_mod \d+ 1 - Live 0x[0-9a-f]{8,16} \(OE\)$",
                    r"\nwalker_mod \d+ 0 - Live 0x[0-9a-f]{8,16} \(OE\)$",
                    r"\ncore_mod \d+ 2 report_mod,walker_mod, Live 0x[0-9a-f]{8,16} \(OE\)\n\Z")),
         Cmd("cd /sys/module/core_mod; grep . coresize initstate refcnt; ls holders",
             shows=(r"\Acoresize:\d+\ninitstate:live\nrefcnt:2\nreport_mod\nwalker_mod\n\Z",)),
         Cmd("lsmod | grep ^core_mod; grep ^core_mod /proc/modules; cat coresize",
             shows=(r"\Acore_mod +(\d+)  2 .*\ncore_mod \1 2 .*\n\1\n\Z",)),
         Cmd("exec 3<&-"),
         Cmd("cd; rmmod report_mod"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("ls /sys/module/core_mod/holders", shows=(r"\Awalker_mod\n\Z",)),
         Cmd("ls -d /sys/module/report_mod", 1, says="No such file or directory"),
         Cmd("rmmod walker_mod"),
         Loaded("core_mod 0"),
         Cmd("rmmod core_mod"),
         Loaded()),
        order="+core_mod +walker_mod +report_mod -report_mod -walker_mod -core_mod"),
    Row("kallsyms", "A module's symbols are in /proc/kallsyms while it is loaded",
        "Each symbol is listed, exported or not, with its module in brackets. Symbols that only "
        "init needed are gone once init is done; on ppc64 they stay. Up to Linux 7.1 the letter is "
        "a small t even for a function that EXPORT_SYMBOL_GPL exports. Addresses are shown to "
        "those with CAP_SYSLOG (34), root or not; others see zeros. With kernel.kptr_restrict=2 "
        "nobody sees them.",
        (Cmd("modprobe walker_mod"),
         *(Cmd("grep -F '[core_mod]' /proc/kallsyms | grep -v ' [rd] ' | sort -k 3",
               shows=(ADDRESS + r" t core_mod_exit\t\[core_mod\]$",
                      ADDRESS + r" t file_open\t\[core_mod\]$",
                      *(ADDRESS + rf" {letter} {name}\t\[core_mod\]$" for name in EXPORTS)),
               hides=hides, when=when)
           for letter, hides, when in (
               ("t", INIT, "linux < 7.2 and !CONFIG_PPC64"), ("T", INIT, "linux >= 7.2"),
               ("t", "", "CONFIG_PPC64"))),
         Cmd("grep $' tcore_walk\\t' /proc/kallsyms", shows=(ADDRESS + " [tT] tcore_walk\t",)),
         Cmd("as 1000 1000 grep $' tcore_walk\\t' /proc/kallsyms",
             shows=(r"\A0{8,16} [tT] tcore_walk\t\[core_mod\]\n\Z",)),
         Cmd("as +34 1000 1000 grep $' tcore_walk\\t' /proc/kallsyms",
             shows=(ADDRESS + " [tT] tcore_walk\t",)),
         Cmd("as -34 0 0 grep $' tcore_walk\\t' /proc/kallsyms",
             shows=(r"\A0{8,16} [tT] tcore_walk\t\[core_mod\]\n\Z",)),
         Note("The addresses in /proc/modules follow the same rule."),
         Cmd("grep core_mod /proc/modules", shows=(r" Live 0x(?!0+ )[0-9a-f]{8,16} ",)),
         Cmd("as -34 0 0 grep core_mod /proc/modules", shows=(" Live 0x0{8,16} ",)),
         Cmd("echo 2 > /proc/sys/kernel/kptr_restrict"),
         Cmd("grep core_mod /proc/modules", shows=(" Live 0x0{8,16} ",)),
         Cmd("echo 0 > /proc/sys/kernel/kptr_restrict"),
         Cmd("modprobe -r walker_mod"),
         Cmd("grep -F -c '[core_mod]' /proc/kallsyms", 1, says="0"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("memory-sections", "Where a module's sections are in memory, and which build it is",
        "/sys/module/NAME/sections has the address of each section: a debugger needs them to find "
        "the module's code and data in a dump or by kgdb. Only root may read these files, and "
        "they follow the same rule as /proc/kallsyms. notes/ has the module's ELF notes for "
        "everybody, one of them the build ID: so one can tell which build of a module is loaded.",
        (Cmd("modprobe core_mod; cd /sys/module/core_mod/sections"),
         Cmd("stat -c '%a %n' .text .init.text .gnu.linkonce.this_module",
             shows=(r"\A400 \.text\n400 \.init\.text\n"
                    r"400 \.gnu\.linkonce\.this_module\n\Z",)),
         Cmd("cat .text", shows=(r"\A0x(?!0+\n)[0-9a-f]+\n\Z",)),
         Cmd("as 1000 1000 cat .text", 1, says="Permission denied"),
         Cmd("as -34 0 0 cat .text", shows=(r"\A0x0+\n\Z",)),
         Note("An address can only be read as a whole. This reads byte by byte."),
         Cmd("dd if=.text bs=1 of=/dev/null", 1, says="Invalid argument"),
         Host("readelf -n $SUITE/core_mod/core_mod.ko | sed -n 's/.*Build ID: //p' | tee build-id",
              shows=(r"\A[0-9a-f]{40}\n\Z",)),
         Send(("build-id",)),
         Cmd("cd ../notes; as 1000 1000 od -A n -v -t x1 -j 16 .note.gnu.build-id | "
             "tr -d ' \\n' > ~/row/loaded"),
         Cmd("cd ~/row; [ $(cat loaded) = $(cat build-id) ]"),
         Cmd("rmmod core_mod"),
         Loaded()),
        order="+core_mod -core_mod"),
    Row("probe-module", "A probe at a function of a module waits for that module",
        "The kernel's tracer can put a probe at nearly any function, by name. If the name is "
        "MODULE:FUNCTION, the module need not be loaded yet: the probe is set when it comes, "
        "before its init runs, and is gone with it. A probe does not hold the module.",
        (Cmd("cd /sys/kernel/tracing"),
         Cmd("echo p:probed core_mod:tcore_count > kprobe_events", when="!CONFIG_RISCV",
             log=(LATER,)),
         Note("On riscv a function's first 8 bytes are the function tracer's: no probe there.",
              when="CONFIG_RISCV"),
         Cmd("echo p:probed core_mod:tcore_count+8 > kprobe_events", when="CONFIG_RISCV",
             log=(LATER,)),
         Cmd("echo 1 > events/kprobes/probed/enable"),
         Cmd("modprobe report_mod"),
         Note("report_mod calls that function in its init. The columns: probe, hits, misses."),
         Cmd("cat kprobe_profile", shows=(r"\A +probed +[1-9]\d* +0\n\Z",)),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 0", "report_mod 0"),
         Cmd("modprobe -r report_mod walker_mod"),
         Cmd("before=$(cat kprobe_profile); modprobe report_mod; "
             "[ \"$before\" != \"$(cat kprobe_profile)\" ]"),
         Note("A function of the module that is not there, and one of that name in two modules:"),
         Cmd("echo p:none core_mod:nonesuch >> kprobe_events", 1,
             shows=(r"write error: (No such file or directory|Invalid argument)\n\Z",)),
         Cmd(f"insmod {FIXTURES}/self_ref.ko; insmod {FIXTURES}/symbol_ref.ko"),
         Cmd("echo p:two set_hold >> kprobe_events", 1, shows=(
             r"write error: (Cannot assign requested address|Invalid argument)\n\Z",)),
         Cmd("grep -o 'error: .*' error_log | tail -n 1", says="The symbol is not unique"),
         Cmd("echo p:one symbol_ref:set_hold >> kprobe_events", when="!CONFIG_RISCV"),
         Cmd("echo p:one symbol_ref:set_hold+8 >> kprobe_events", when="CONFIG_RISCV"),
         Cmd("echo 1 > events/kprobes/one/enable"),
         Cmd("echo no > /sys/module/self_ref/parameters/hold; "
             "echo no > /sys/module/symbol_ref/parameters/hold"),
         Cmd("cat kprobe_profile", shows=(r"^ +one +1 +0$",)),
         Cmd("echo 0 > events/kprobes/enable; echo > kprobe_events"),
         Cmd("rmmod report_mod walker_mod core_mod self_ref symbol_ref"),
         Loaded()),
        order=None, needs=("CONFIG_KPROBE_EVENTS",), guest=Guest()),
    Row("elf", "A .ko is an ELF object that is only partly linked",
        "It is relocatable, like an .o file: the kernel does the rest of the linking. The symbols "
        "that it exports are in __ksymtab, and their names in __ksymtab_strings. What modinfo "
        "prints is in .modinfo. The symbols that it needs are its undefined symbols.",
        (Host("readelf -h $SUITE/core_mod/core_mod.ko | grep Type:",
              shows=(r"Type: +REL \(Relocatable file\)$",)),
         Host("readelf -SW $SUITE/core_mod/core_mod.ko | "
              "grep -oE ' (__ksymtab_strings|\\.(init|exit)\\.text|\\.modinfo|\\.gnu\\.li\\S+)' | "
              "sort -u",
              shows=(r"\A \.exit\.text\n \.gnu\.linkonce\.this_module\n \.init\.text\n \.modinfo\n"
                     r" __ksymtab_strings\n\Z",)),
         Host("readelf -SW $SUITE/core_mod/core_mod.ko | grep -oE ' (__ksymtab|__kflag)\\S*' | "
              "sort", shows=(r"\A __ksymtab_gpl\n __ksymtab_strings\n\Z",), when="linux < 7.2"),
         Host("readelf -SW $SUITE/core_mod/core_mod.ko | grep -oE ' (__ksymtab|__kflag)\\S*' | "
              "sort", shows=(r"\A __kflagstab\n __ksymtab\n __ksymtab_strings\n\Z",),
              when="linux >= 7.2"),
         Host("readelf -SW $SUITE/core_mod/core_mod.ko | grep -oE ' (__kcrctab|__versions)\\S*'",
              shows=(r"\A __kcrctab_gpl\n __versions\n\Z",), when="CONFIG_MODVERSIONS"),
         Host("readelf -SW $SUITE/core_mod/core_mod.ko | grep -oE ' (__kcrctab|__versions)\\S*'",
              1, shows=(r"\A\Z",), when="!CONFIG_MODVERSIONS"),
         Host("readelf -p .modinfo $SUITE/core_mod/core_mod.ko | grep -oE '[a-z]+=.*' | sort",
              shows=("^author=The taskmods authors$", "^depends=$", "^description=.*modules$",
                     "^license=GPL$", "^name=core_mod$", "^srcversion=[0-9A-F]+$",
                     "^vermagic=.* SMP .*mod_unload", r"^version=[\d.]+$")),
         Host("readelf -p .modinfo $SUITE/walker_mod/walker_mod.ko | grep -o depends=.*",
              shows=(r"\Adepends=core_mod\n\Z",)),
         Host("nm $SUITE/core_mod/core_mod.ko | sed -n 's/.* __ksymtab_//p' | sort | tee exports",
              shows=(r"\A" + r"\n".join(EXPORTS) + r"\n\Z",)),
         Host("nm -u $SUITE/walker_mod/walker_mod.ko | grep -o 'tcore_.*' | sort | tee needs",
              shows=(r"\A" + r"\n".join(NEEDS) + r"\n\Z",)),
         Note("Needed and not exported: nothing. Exported and not needed here:"),
         Host("comm -23 needs exports", shows=(r"\A\Z",)),
         Host("comm -13 needs exports", shows=(r"\Atcore_count\n\Z",)))),
    Row("modinfo", "modinfo reads the .ko file, sysfs shows the loaded module",
        "modinfo prints the .modinfo section of the file, loaded or not: which modules it needs, "
        "which kernel it was built for, its parameters. These modules are not signed, so there is "
        "no signer. Version and srcversion of the loaded module are in sysfs; if the file was "
        "replaced after the load, the srcversion of the file differs.",
        (Cmd("modinfo walker_mod",
             shows=(r"^filename: +/lib/modules/.*/updates/taskmods/walker_mod.ko$",), hides="^sig"),
         Cmd("modinfo -F version walker_mod", shows=(r"\A1\.0\.0\n\Z",)),
         Cmd("modinfo -F depends walker_mod", shows=(r"\Acore_mod\n\Z",)),
         Cmd("modinfo -F depends core_mod", shows=(r"\A\n\Z",)),
         Cmd("modinfo -F parm walker_mod", shows=(r"\Anum:.*\(default: 0\) \(int\)\n\Z",)),
         Cmd("modinfo -F signer walker_mod", shows=(r"\A\Z",)),
         Cmd("modinfo -F vermagic walker_mod", when="CONFIG_MODVERSIONS",
             shows=(rf" SMP .*mod_unload modversions {MADE_FOR}",)),
         Cmd("modinfo -F vermagic walker_mod", shows=(rf" SMP .*mod_unload {MADE_FOR}",),
             when="!CONFIG_MODVERSIONS"),
         Cmd('[[ $(modinfo -F vermagic walker_mod) == "$(uname -r) "* ]]'),
         Cmd("modprobe walker_mod"),
         Cmd("cat /sys/module/walker_mod/version", shows=(r"\A1\.0\.0\n\Z",)),
         Cmd("modinfo -F srcversion walker_mod", shows=(r"\A[0-9A-F]+\n\Z",)),
         Cmd("modinfo -F srcversion walker_mod | cmp - /sys/module/walker_mod/srcversion"),
         Cmd("modprobe -r walker_mod"),
         Cmd("modinfo core", 1, says="Module core not found."),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("show-exports", "What a module exports, and which module exports a symbol",
        "modprobe --show-exports reads a .ko file, and needs its path. depmod does that for all "
        "modules: modules.symbols says which module to load for a symbol.",
        (Cmd(MODULES_DIR),
         Cmd("modprobe --show-exports ./core_mod.ko | sort -k 2", when="CONFIG_MODVERSIONS",
             shows=(r"\A" + "".join(rf"0x(?!0+\t)[0-9a-f]{{8}}\t{name}\n" for name in EXPORTS)
                    + r"\Z",)),
         Cmd("modprobe --show-exports ./core_mod.ko | sort -k 2", when="!CONFIG_MODVERSIONS",
             shows=(r"\A" + "".join(rf"0x00000000\t{name}\n" for name in EXPORTS) + r"\Z",)),
         Cmd("modprobe --show-exports core_mod", 1, says="Module core_mod not found."),
         Cmd("modprobe --show-exports ./walker_mod.ko", 1, when="kmod < 34",
             says="could not get symbols of ./walker_mod.ko: No such file or directory"),
         Cmd("modprobe --show-exports ./walker_mod.ko", 1, when="kmod >= 34",
             says="could not get symbols of ./walker_mod.ko: No data available"),
         Cmd("grep tcore_ ../../modules.symbols | sort",
             shows=(r"\A" + "".join(f"alias symbol:{name} core_mod\n" for name in EXPORTS)
                    + r"\Z",)),
         Cmd("modprobe -R symbol:tcore_walk", shows=(r"\Acore_mod\n\Z",)),
         Loaded())),
    Row("dump-modversions", "Which checksum a module wants of each symbol that it uses",
        "With CONFIG_MODVERSIONS each exported symbol has a checksum of its types. "
        "--dump-modversions shows which one a .ko file was built with, and --show-exports of the "
        "other file which one is there: if they differ, the kernel refuses the module.",
        (Cmd(MODULES_DIR),
         Cmd("modprobe --dump-modversions ./walker_mod.ko", when="CONFIG_MODVERSIONS",
             shows=(r"^0x[0-9a-f]{8}\tmodule_layout$",)),
         Cmd("modprobe --show-exports ./core_mod.ko > ~/row/has", when="CONFIG_MODVERSIONS"),
         Cmd("modprobe --dump-modversions ./walker_mod.ko | grep tcore_walk > ~/row/wants",
             when="CONFIG_MODVERSIONS"),
         Cmd("grep -xF -f ~/row/has ~/row/wants | cmp - ~/row/wants", when="CONFIG_MODVERSIONS"),
         Cmd("modprobe --dump-modversions ./walker_mod.ko", 1,
             shows=("could not get modversions of ./walker_mod.ko: ",), when="!CONFIG_MODVERSIONS"),
         Cmd("modprobe --dump-modversions ./nosuch.ko", 1, says="Module ./nosuch.ko not found."))),
    Row("tracepoints", "The kernel's tracepoints show every reference",
        "The events module:module_load, module_get, module_put and module_free show the order of "
        "what happens, and the reference count after each step. That count is one higher than in "
        "lsmod: it includes the kernel's own reference, which rmmod takes back without an event. "
        "While its init runs, a module has one more.",
        (Cmd("modprobe report_mod"),
         Events("load core_mod", "put core_mod 1",
                "get core_mod 2", "load walker_mod", "put walker_mod 1",
                "get core_mod 3", "load report_mod", "put report_mod 1"),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 0", "report_mod 0"),
         Cmd("exec 3< /proc/taskmods/tasks 4< /proc/taskmods/tasks"),
         Events("get walker_mod 2", "get walker_mod 3"),
         Cmd("rmmod walker_mod", 1, says="Module walker_mod is in use"),
         Events(),
         Cmd("exec 3<&- 4<&-"),
         Events("put walker_mod 2", "put walker_mod 1"),
         Cmd("rmmod report_mod walker_mod core_mod"),
         Events("free report_mod", "put core_mod 2", "free walker_mod", "put core_mod 1",
                "free core_mod"),
         Loaded()),
        order="+core_mod +walker_mod +report_mod -report_mod -walker_mod -core_mod"),
    Row("taint", "Each kind of taint has a bit and a letter",
        "O (4096): a module from outside the kernel's tree; E (8192): not signed; P (1): a "
        "licence that the kernel does not count as free; C (1024): from staging; F (2): loaded by "
        "force. The letters of a module are gone when it is unloaded. The bits of the kernel stay "
        "until the next boot, and every oops prints them.",
        (Cmd("cat /proc/sys/kernel/tainted", shows=(r"\A0\n\Z",)),
         Cmd("modprobe core_mod",
             log=("^core_mod: loading out-of-tree module taints kernel.$",
                  "^core_mod: module verification failed: signature and/or required key missing - "
                  "tainting kernel$")),
         Loaded("core_mod 0 taint=OE"),
         Cmd("cat /proc/sys/kernel/tainted /sys/module/core_mod/taint", shows=(r"\A12288\nOE\n",)),
         Cmd("cd /opt/taskmods/modules"),
         Cmd("insmod proprietary.ko",
             log=("^proprietary: module license 'Proprietary' taints kernel.$",)),
         Cmd("cat /proc/sys/kernel/tainted", shows=(r"\A12289\n\Z",)),
         Cmd("insmod staging.ko",
             log=("^staging: module is from the staging directory, the quality is unknown, you "
                  "have been warned.$",)),
         Cmd("cat /proc/sys/kernel/tainted", shows=(r"\A13313\n\Z",)),
         Cmd("modprobe --force walker_mod", when="CONFIG_MODVERSIONS",
             log=("^walker_mod: module_layout: kernel tainted.$",)),
         Cmd("modprobe --force walker_mod", when="!CONFIG_MODVERSIONS",
             log=("^walker_mod: bad vermagic: kernel tainted.$",)),
         Cmd("cat /proc/sys/kernel/tainted", shows=(r"\A13315\n\Z",)),
         Loaded("core_mod 1 walker_mod", "walker_mod 0 taint=FOE", "proprietary 0 taint=POE",
                "staging 0 taint=COE"),
         Cmd("cat /proc/modules", shows=(r"^walker_mod .* \(FOE\)$", r"^staging .* \(COE\)$",
                                         r"^proprietary .* \(POE\)$", r"^core_mod .* \(OE\)$")),
         Cmd("rmmod proprietary staging walker_mod core_mod"),
         Loaded(),
         Cmd("cat /proc/sys/kernel/tainted", shows=(r"\A13315\n\Z",))),
        order="+core_mod +proprietary +staging +walker_mod "
        "-proprietary -staging -walker_mod -core_mod", guest=Guest()),
    Row("oops-modules", "An oops lists the loaded modules, and the one that was unloaded last",
        "The line Modules linked in: has every module that is loaded, the newest first, with its "
        "taints in brackets. So whoever gets the report sees what was there that the kernel's "
        "authors do not know. A module that left something behind may be gone when that does "
        "harm, so the last one that was unloaded is named too (from Linux 6.0 on with its "
        "taints).",
        (Cmd("modprobe walker_mod"),
         Cmd(f"insmod {FIXTURES}/bare.ko; rmmod bare; insmod {FIXTURES}/oops_held.ko"),
         *oops("(echo 1 > /sys/module/oops_held/parameters/oops)", 1,
               r"set_oops\+.* \[oops_held\]"),
         Cmd("dmesg | grep 'Modules linked in'",
             shows=(r"Modules linked in: oops_held\(OE\) walker_mod\(OE\) core_mod\(OE\) "
                    r"\[last unloaded: bare(\(OE\))?\]$",)),
         Loaded("core_mod 1 walker_mod", "oops_held 1", "walker_mod 0")),
        order=None, guest=Guest(trouble=True)),
    Row("uevents", "udev is told of each module that is loaded or unloaded",
        "The kernel sends a uevent when a module's directory in /sys/module appears, and another "
        "when it disappears: in the order of loading, and of unloading.",
        (Cmd("mkfifo events; udevadm monitor --kernel --subsystem-match=module > events & "
             "exec 3< events"),
         Note("udevadm prints what it listens for when it is ready."),
         Cmd('while read -r line <&3 && [ "$line" ]; do echo "$line"; done',
             says="KERNEL - the kernel uevent"),
         Cmd("modprobe report_mod"),
         Cmd("modprobe -r report_mod walker_mod"),
         Note("A uevent that is made by hand comes after all others."),
         Cmd("echo change > /sys/module/kernel/uevent"),
         Cmd("while read -r from action path type <&3 && [ $path != /module/kernel ]; do "
             "echo $action $path $type; done",
             shows=(r"\Aadd /module/core_mod \(module\)\nadd /module/walker_mod \(module\)\n"
                    r"add /module/report_mod \(module\)\nremove /module/report_mod \(module\)\n"
                    r"remove /module/walker_mod \(module\)\nremove /module/core_mod "
                    r"\(module\)\n\Z",)),
         Loaded()),
        order="+core_mod +walker_mod +report_mod -report_mod -walker_mod -core_mod",
        guest=Guest(full=True)),
)
