# SPDX-License-Identifier: GPL-2.0
"""Loading and order: what comes first, what comes once, and what happens when init fails."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Await, Call, Cmd, Events, Loaded, Note, Step

from .common import FIXTURES, SUITE, SUITE_COMES, SUITE_LOADED

UNLOAD_SUITE = Cmd("modprobe -r report_mod walker_mod")
ALL_ORDER = f"{SUITE_COMES} -report_mod -walker_mod -core_mod"

# Where what percpu_apart wants is more than the room of all modules, and where not.
PERCPU_TOO_LARGE = ("CONFIG_ARM64_16K_PAGES", "CONFIG_S390")
PERCPU_FITS = " and ".join(f"!{option}" for option in PERCPU_TOO_LARGE)

CHAIN = tuple(f"chain_{number}" for number in range(1, 9))
DIAMOND = ("diamond_base", "diamond_left", "diamond_right", "diamond_top")

# What an init may return: as insmod's words have it, and as the system call's errno.
ERRORS = (
    ("ENOMEM", 12, "Cannot allocate memory"),
    # insmod and modprobe know one reason for EINVAL, and say that.
    ("EINVAL", 22, "Invalid parameters"),
    ("ENODEV", 19, "No such device"),
    # EPROBE_DEFER is the kernel's own; the C library has no words for it.
    ("517", 517, "Unknown error 517"),
)


def failing_init(name: str, number: int, words: str) -> tuple[Step, ...]:
    """An init that returns an error, seen through the tool and through the system call."""
    log = f"^returns: 2 links before me, init returns -{number}$"
    return (Cmd(f"insmod returns.ko ret=-{number}", 1, log=(log,),
                says=f"could not insert module returns.ko: {words}"),
            Call("finit_module", ("returns.ko", "0", f"ret=-{number}"), errno=name, log=(log,)))


def chained(names: tuple[str, ...]) -> tuple[str, ...]:
    """The specs of loaded modules, each of which is used by the next."""
    users = [f"1 {name}" for name in names[1:]] + ["0"]
    return tuple(f"{name} {user}" for name, user in zip(names, users))


# No event tells that the last background job sleeps in finit_module.
ASLEEP_IN_LOAD = Cmd("finit_module=$(agent number finit_module); "
                     "until grep -q \"^$finit_module \" /proc/$!/syscall; do :; done")

ROWS = (
    Row("load-chain", "modprobe first loads what a module needs",
        "modprobe report_mod loads three modules. depmod found from their symbols that walker_mod "
        "and report_mod need core_mod. A softdep line in modprobe.d says that walker_mod is "
        "loaded before report_mod. The kernel's tracepoints show the order; their reference "
        "counts include the reference that the kernel itself holds.",
        (Cmd("grep softdep /etc/modprobe.d/taskmods.conf",
             says="softdep report_mod pre: walker_mod"),
         Cmd(f"cat {SUITE}/../../modules.dep | grep report_mod.ko:",
             says="updates/taskmods/report_mod.ko: updates/taskmods/core_mod.ko"),
         Cmd("modprobe report_mod", log=("^walker_mod: pid=1 ", "^report_mod: TOTAL ")),
         Events("load core_mod", "put core_mod 1",
                "get core_mod 2", "load walker_mod", "put walker_mod 1",
                "get core_mod 3", "load report_mod", "put report_mod 1"),
         SUITE_LOADED,
         UNLOAD_SUITE,
         Events("free report_mod", "put core_mod 2", "free walker_mod", "put core_mod 1",
                "free core_mod"),
         Cmd("modprobe core_mod"),
         Loaded("core_mod 0"),
         Cmd("modprobe walker_mod"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("modprobe -r walker_mod"),
         Loaded()),
        order=f"{ALL_ORDER} +core_mod +walker_mod -walker_mod -core_mod"),
    Row("load-by-hand", "insmod loads one file; you choose the order",
        "insmod gives one file to the kernel and does not look for what the module needs. There "
        "are two system calls: finit_module takes an open file, the older init_module takes the "
        "content of the file.",
        (Cmd(f"cp {SUITE}/*.ko ."),
         Cmd("insmod core_mod.ko"),
         Loaded("core_mod 0"),
         Cmd("insmod walker_mod.ko num=1", log=("^walker_mod: pid=1 ",)),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("insmod report_mod.ko", log=("^report_mod: TOTAL ",)),
         SUITE_LOADED,
         Cmd("rmmod report_mod walker_mod core_mod"),
         Call("finit_module", ("core_mod.ko", "0", "")),
         Call("finit_module", ("walker_mod.ko", "0", "num=1"), log=("^walker_mod: pid=1 ",)),
         Call("finit_module", ("report_mod.ko", "0", "")),
         SUITE_LOADED,
         Cmd("rmmod report_mod walker_mod core_mod"),
         Call("init_module", ("core_mod.ko", "")),
         Call("init_module", ("walker_mod.ko", "num=1"), log=("^walker_mod: pid=1 ",)),
         Call("init_module", ("report_mod.ko", "")),
         SUITE_LOADED,
         Cmd("rmmod report_mod walker_mod core_mod"),
         Loaded()),
        order=" ".join([ALL_ORDER] * 3)),
    Row("load-wrong-order", "insmod before the needed module is loaded",
        "The kernel links a module when it loads it. It logs each symbol that no loaded module "
        "exports, with err -2, and returns ENOENT. insmod reports that as an unknown symbol.",
        (Cmd(f"cp {SUITE}/*.ko ."),
         Cmd("insmod report_mod.ko", 1,
             says="could not insert module report_mod.ko: Unknown symbol in module",
             log=("^report_mod: Unknown symbol tcore_\\w+ \\(err -2\\)$",) * 4),
         Cmd("dmesg | grep -o 'report_mod: Unknown symbol.*' | tail -n 4 | sort",
             shows=("\\Areport_mod: Unknown symbol tcore_check_interface \\(err -2\\)\n"
                    "report_mod: Unknown symbol tcore_count \\(err -2\\)\n"
                    "report_mod: Unknown symbol tcore_file_register \\(err -2\\)\n"
                    "report_mod: Unknown symbol tcore_file_unregister \\(err -2\\)\n\\Z",)),
         Call("finit_module", ("report_mod.ko", "0", ""), errno="ENOENT",
              log=("^report_mod: Unknown symbol tcore_\\w+ \\(err -2\\)$",) * 4),
         Loaded(),
         Cmd("insmod core_mod.ko"),
         Cmd("insmod report_mod.ko"),
         Loaded("core_mod 1 report_mod", "report_mod 0"),
         Cmd("rmmod report_mod core_mod"),
         Loaded()),
        order="+core_mod +report_mod -report_mod -core_mod"),
    Row("load-twice", "A loaded module is not loaded again",
        "The kernel can have only one module of a name. It answers EEXIST to the second load. To "
        "modprobe this is no error, because the module is there; with --first-time it is one.",
        (Cmd(f"cp {SUITE}/core_mod.ko ."),
         Cmd("insmod core_mod.ko"),
         Cmd("insmod core_mod.ko", 1, says="could not insert module core_mod.ko: File exists"),
         Call("finit_module", ("core_mod.ko", "0", ""), errno="EEXIST"),
         Call("init_module", ("core_mod.ko", ""), errno="EEXIST"),
         Cmd("modprobe -v core_mod", shows=("\\A\\Z",)),
         Cmd("modprobe --first-time core_mod", 1,
             says="could not insert 'core_mod': Module already in kernel"),
         Loaded("core_mod 0"),
         Events("load core_mod", "put core_mod 1"),
         Cmd("rmmod core_mod"),
         Loaded()),
        order="+core_mod -core_mod"),
    Row("load-preview", "See what modprobe would do, without loading",
        "modprobe -n -v prints the insmod commands that modprobe would run now. --show-depends "
        "prints those for a kernel with no modules loaded. Neither loads anything. core_mod may "
        "appear twice: two modules need it, and modprobe skips a module only when it is really "
        "loaded.",
        (Cmd("modprobe -n -v report_mod",
             shows=("^insmod /.*/core_mod.ko $", "^insmod /.*/walker_mod.ko num=10 $",
                    "^insmod /.*/report_mod.ko $")),
         Cmd("modprobe --show-depends report_mod",
             shows=("^insmod /.*/core_mod.ko $", "^insmod /.*/walker_mod.ko num=10 $",
                    "^insmod /.*/report_mod.ko $")),
         Loaded(),
         Cmd("modprobe walker_mod"),
         Cmd("modprobe -n -v report_mod", shows=("\\Ainsmod /.*/report_mod.ko \n\\Z",)),
         Cmd("modprobe --show-depends report_mod",
             shows=("^insmod /.*/core_mod.ko $", "^insmod /.*/walker_mod.ko num=10 $",
                    "^insmod /.*/report_mod.ko $")),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("modprobe -r walker_mod"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("load-by-path", "modprobe with a file instead of a name",
        "From kmod 31 on modprobe takes a path that begins with / or ./ as the file to load. It "
        "finds the modules that this one needs by their names. Older versions take the path for "
        "the name of a module, and do not find it.",
        (Cmd(f"cp {SUITE}/report_mod.ko ."),
         Cmd("modprobe -v ./report_mod.ko", 1, when="kmod < 31",
             shows=("\\Amodprobe: FATAL: Module ./report_mod.ko not found in directory "
                    "/lib/modules/\\S+\n\\Z",)),
         Cmd("modprobe -v $PWD/report_mod.ko", 1, when="kmod < 31",
             shows=("\\Amodprobe: FATAL: Module /\\S+/report_mod.ko not found in directory "
                    "/lib/modules/\\S+\n\\Z",)),
         Loaded(when="kmod < 31"),
         Cmd("modprobe report_mod", when="kmod < 31"),
         Cmd("modprobe -v ./report_mod.ko", when="kmod >= 31",
             shows=("^insmod /lib/.*/core_mod.ko $", "^insmod /lib/.*/walker_mod.ko num=10 $",
                    "^insmod /root/row/\\./report_mod.ko $")),
         Cmd("modprobe ./nothing.ko", 1, when="kmod >= 31",
             says="Failed to get module from path ./nothing.ko: No such file or directory"),
         Cmd("insmod nothing.ko", 1,
             says="could not load module nothing.ko: No such file or directory"),
         SUITE_LOADED,
         UNLOAD_SUITE,
         Loaded()),
        order=ALL_ORDER),
    Row("load-diamond", "Four modules in a diamond",
        "diamond_left and diamond_right need diamond_base, and diamond_top needs both. Each "
        "module is loaded once, after the modules that it needs. modprobe -r diamond_top then "
        "tries to unload each of the others once. Up to kmod 29 it began with left and right, and "
        "all four were unloaded. From 30 on it begins with the base, which left and right still "
        "use, so the base stays loaded.",
        (Cmd("modinfo -F depends diamond_top", says="diamond_left,diamond_right"),
         Cmd("modprobe -v diamond_top",
             shows=("diamond_base.ko", "diamond_right.ko", "diamond_left.ko", "diamond_top.ko")),
         Loaded("diamond_base 2 diamond_left,diamond_right", "diamond_left 1 diamond_top",
                "diamond_right 1 diamond_top", "diamond_top 0"),
         Events("load diamond_base", "put diamond_base 1",
                "get diamond_base 2", "load diamond_right", "put diamond_right 1",
                "get diamond_base 3", "load diamond_left", "put diamond_left 1",
                "get diamond_right 2", "get diamond_left 2", "load diamond_top",
                "put diamond_top 1"),
         Cmd("modprobe -r -v diamond_top", when="kmod < 30",
             shows=("\\Armmod diamond_top\nrmmod diamond_right\nrmmod diamond_left\n"
                    "rmmod diamond_base\n\\Z",)),
         Cmd("modprobe -r -v diamond_top", when="kmod >= 30",
             shows=("\\Armmod diamond_top\nrmmod diamond_right\nrmmod diamond_left\n\\Z",)),
         Loaded("diamond_base 0", when="kmod >= 30"),
         Cmd("modprobe -r diamond_base", when="kmod >= 30"),
         Loaded()),
        order="+diamond_base +diamond_right +diamond_left +diamond_top "
              "-diamond_top -diamond_right -diamond_left -diamond_base",
        installs=DIAMOND),
    Row("load-chain-deep", "A chain of eight modules",
        "chain_8 needs chain_7, which needs chain_6, and so on. modules.dep lists for each module "
        "everything that it needs, directly or not, so modprobe reads one line. Up to kmod 29 "
        "modprobe -r chain_8 unloads the whole chain. From 30 on it tries the others from chain_1 "
        "upwards. All but chain_7 are still in use then, so only chain_8 and chain_7 are "
        "unloaded.",
        (Cmd("modprobe chain_8"),
         Loaded(*chained(CHAIN)),
         Cmd("modprobe -r -v chain_8", when="kmod < 30",
             shows=("\\A" + "".join(f"rmmod {name}\n" for name in CHAIN[::-1]) + "\\Z",)),
         Cmd("modprobe -r -v chain_8", when="kmod >= 30",
             shows=("\\Armmod chain_8\nrmmod chain_7\n\\Z",)),
         Loaded(*chained(CHAIN[:6]), when="kmod >= 30"),
         Cmd("rmmod chain_6 chain_5 chain_4 chain_3 chain_2 chain_1", when="kmod >= 30"),
         Loaded()),
        order=" ".join([f"+{name}" for name in CHAIN] + [f"-{name}" for name in CHAIN[::-1]]),
        installs=CHAIN),
    Row("init-fails", "An init function that fails",
        "If init returns a negative number, the load fails, and the tool shows that error. The "
        "module is gone then, and its references to other modules too. The kernel does not remove "
        "a file in /proc that init made: init must clean up before it returns an error. EEXIST is "
        "special, because the kernel uses it to say that a module is already loaded. So modprobe "
        "takes an init that returns EEXIST for success. From 7.0 on the kernel changes it to "
        "EBUSY.",
        (Cmd(f"cp {FIXTURES}/returns.ko ."),
         Cmd("modprobe chain_2"),
         Events("load chain_1", "put chain_1 1", "get chain_1 2", "load chain_2", "put chain_2 1"),
         *failing_init(*ERRORS[0]),
         Events(*("get chain_2 2", "load returns", "put returns 1", "free returns",
                  "put chain_2 1") * 2),
         Loaded("chain_1 1 chain_2", "chain_2 0"),
         *(step for error in ERRORS[1:] for step in failing_init(*error)),
         Cmd("modprobe returns ret=-17", log=("^returns: .* init returns -17$",),
             when="linux < 7.0"),
         Call("finit_module", ("returns.ko", "0", "ret=-17"), errno="EEXIST", when="linux < 7.0"),
         Cmd("modprobe returns ret=-17", 1, log=("^returns: .* init returns -17$",),
             says="could not insert 'returns': Device or resource busy", when="linux >= 7.0"),
         Call("finit_module", ("returns.ko", "0", "ret=-17"), errno="EBUSY", when="linux >= 7.0"),
         Loaded("chain_1 1 chain_2", "chain_2 0"),
         Cmd("ls /proc/returns /sys/module/returns", 1,
             shows=("/proc/returns: No such file or directory",
                    "/sys/module/returns: No such file or directory")),
         Cmd("rmmod chain_2 chain_1"),
         Loaded()),
        order="+chain_1 +chain_2 " + "+returns -returns " * 10 + "-chain_2 -chain_1",
        installs=("chain_1", "chain_2", "returns")),
    Row("init-fails-mid-chain", "When the last of a chain fails, the others stay loaded",
        "modprobe loads one module after the other, and does not undo what it did. The modules "
        "before the one that failed stay loaded, unused. A second try finds them there.",
        (Cmd("modprobe returns ret=-19", 1, says="could not insert 'returns': No such device"),
         Loaded("chain_1 1 chain_2", "chain_2 0"),
         Cmd("modprobe -r -v returns", shows=("\\A\\Z",)),
         Cmd("modprobe -v returns", shows=("\\Ainsmod /.*/returns.ko \n\\Z",)),
         Loaded("chain_1 1 chain_2", "chain_2 1 returns", "returns 0"),
         Cmd("rmmod returns chain_2 chain_1"),
         Loaded()),
        order="+chain_1 +chain_2 +returns -returns +returns -returns -chain_2 -chain_1",
        installs=("chain_1", "chain_2", "returns")),
    Row("init-positive", "An init function that returns a positive number",
        "0 means success, a negative number is an error, and a positive number is a mistake. The "
        "kernel logs a warning, up to 6.19 with a call trace, and keeps the module loaded.",
        (Cmd(f"cp {FIXTURES}/returns.ko {FIXTURES}/chain_[12].ko ."),
         Cmd("insmod chain_1.ko; insmod chain_2.ko"),
         Cmd("insmod returns.ko ret=1", when="linux < 7.0",
             log=("^returns: 2 links before me, init returns 1$",
                  "^do_init_module: 'returns'->init suspiciously returned 1, "
                  "it should follow 0/-E convention",
                  "^Call [Tt]race:$")),
         Cmd("insmod returns.ko ret=1", when="linux >= 7.0",
             log=("^returns: 2 links before me, init returns 1$",
                  "^returns: init suspiciously returned 1, "
                  "it should follow 0/-E convention$")),
         Loaded("chain_1 1 chain_2", "chain_2 1 returns", "returns 0"),
         Cmd("rmmod returns"),
         Call("finit_module", ("returns.ko", "0", "ret=1")),
         Cmd("rmmod returns chain_2 chain_1"),
         Loaded()),
        order="+chain_1 +chain_2 +returns -returns +returns -returns -chain_2 -chain_1"),
    Row("init-slow-twice", "A second load waits for the first",
        "A module can be seen from before its init until after its exit; its initstate is coming, "
        "live or going. A process that loads a module whose init still runs waits for the end of "
        "that init, and then gets EEXIST. From 6.5 on, one that loads the very same file gets the "
        "result of the first load. lsmod shows a count of 1 during init, and of -1 during exit.",
        (Cmd(f"cp {FIXTURES}/gated.ko ."),
         Cmd("insmod gated.ko & first=$!"),
         Await("gated: init waits"),
         Cmd("cat /sys/module/gated/initstate", says="coming"),
         Loaded("gated 1 initstate=coming"),
         Call("delete_module", ("gated", "0"), errno="EBUSY"),
         Cmd("insmod gated.ko > said 2>&1 & second=$!"),
         ASLEEP_IN_LOAD,
         Cmd("echo 1 > /sys/module/gated/parameters/open"),
         Cmd("wait $first"),
         Cmd("wait $second", 1, when="linux < 6.5"),
         Cmd("cat said", says="could not insert module gated.ko: File exists",
             when="linux < 6.5"),
         Cmd("wait $second", when="linux >= 6.5"),
         Cmd("cat said", shows=("\\A\\Z",), when="linux >= 6.5"),
         Cmd("cat /sys/module/gated/initstate", says="live"),
         Loaded("gated 0"),
         Cmd("rmmod gated & third=$!"),
         Await("gated: exit waits"),
         Cmd("cat /sys/module/gated/initstate", says="going"),
         Loaded("gated -1 initstate=going"),
         Cmd("echo 1 > /sys/module/gated/parameters/open"),
         Cmd("wait $third"),
         Loaded()),
        order="+gated -gated"),
    Row("init-slow-dependant", "A module waits for the init of the module that it needs",
        "The symbols of a module can be used only after its init has returned. A load that needs "
        "them earlier waits, for up to 30 seconds or until a signal comes; then it fails with "
        "EBUSY (err -16). While it waits, the module is in no list.",
        (Cmd(f"cp {FIXTURES}/gated*.ko ."),
         Cmd("insmod gated.ko & first=$!"),
         Await("gated: init waits"),
         Cmd("insmod gated_user.ko &"),
         ASLEEP_IN_LOAD,
         Loaded("gated 1 initstate=coming"),
         Cmd("kill $!; wait $!", 143,
             log=("^gated_user: gave up waiting for init of module gated.$",
                  "^gated_user: Unknown symbol gated_value \\(err -16\\)$")),
         Cmd("insmod gated_user.ko & second=$!"),
         ASLEEP_IN_LOAD,
         Cmd("echo 1 > /sys/module/gated/parameters/open"),
         Cmd("wait $first"),
         Cmd("wait $second"),
         Loaded("gated 1 gated_user", "gated_user 0"),
         Cmd("rmmod gated_user"),
         Note("If the gate is opened first, the exit does not wait."),
         Cmd("echo 1 > /sys/module/gated/parameters/open; rmmod gated"),
         Loaded()),
        order="+gated +gated_user -gated_user -gated"),
    Row("load-race", "Sixteen modprobes at the same time",
        "When several processes load the same module, one of them succeeds. The others wait for "
        "it and get EEXIST, which modprobe takes for success.",
        (Cmd("for i in {1..16}; do modprobe report_mod & jobs+=\" $!\"; done"),
         Cmd("for job in $jobs; do wait $job; echo -n \"$? \"; done", says="0" + " 0" * 15),
         SUITE_LOADED,
         UNLOAD_SUITE,
         Loaded()),
        order=ALL_ORDER),
    Row("load-unload-race", "Loads and unloads at the same time, for 30 seconds",
        "A load that meets an unload may fail, and so may an unload that meets a load. But no "
        "module is lost or stays half loaded, and each reference that is taken is given back.",
        (Cmd("until_end() { n=0; while ((SECONDS < end)); do \"$@\" && ((++n)); done "
             "2> /dev/null; echo $n times: $*; }"),
         Cmd("end=$((SECONDS + 30))"),
         Cmd("until_end modprobe report_mod > 1 &"),
         Cmd("until_end modprobe walker_mod > 2 &"),
         Cmd("until_end modprobe -r report_mod walker_mod > 3 &"),
         Cmd("until_end rmmod core_mod > 4 &"),
         Cmd("wait", timeout=120),
         Cmd("cat 1 2 3 4", shows=("^[1-9]\\d* times: modprobe report_mod$",
                                   "^[1-9]\\d* times: modprobe walker_mod$",
                                   "^[1-9]\\d* times: modprobe -r report_mod walker_mod$",
                                   "times: rmmod core_mod$")),
         Cmd("modprobe -r report_mod walker_mod core_mod"),
         Loaded(),
         Cmd("modprobe report_mod"),
         SUITE_LOADED,
         Cmd("tail -n 1 /proc/taskmods/report", shows=("^TOTAL +[1-9]",)),
         UNLOAD_SUITE,
         Loaded()),
        order=None, guest=Guest("quiet log_buf_len=8M trace_buf_size=16M")),
    Row("notifier", "A module can watch others come and go, and refuse one",
        "Parts of the kernel, and modules, are told of each module that is coming (before its "
        "init), live (after it) or going (after its exit, or when its load fails after all). "
        "Tracing and live patching work so. Whoever is told of one that is coming may refuse it: "
        "the load ends with that error, here EACCES, and without a word in the log.",
        (Cmd(f"cd {FIXTURES}; insmod watches.ko refuse=walker_mod"),
         Cmd("modprobe core_mod",
             log=("^watches: core_mod is coming$", "^watches: core_mod is live$")),
         Cmd("modprobe walker_mod", 1, says="could not insert 'walker_mod': Permission denied"),
         Call("finit_module", (f"{SUITE}/walker_mod.ko", "0", ""), errno="EACCES"),
         Loaded("core_mod 0", "watches 0"),
         Cmd("insmod types.ko an_int=x", 1, says="Invalid parameters",
             log=("^watches: types is coming$", "^types: `x' invalid for parameter `an_int'$",
                  "^watches: types is going$")),
         Cmd("rmmod core_mod", log=("^watches: core_mod is going$",)),
         Cmd("rmmod watches; modprobe walker_mod; modprobe -r walker_mod"),
         Loaded()),
        order="+watches +core_mod -core_mod -watches +core_mod +walker_mod "
              "-walker_mod -core_mod"),
    Row("percpu", "All modules share a small room for per-CPU variables",
        "A variable of DEFINE_PER_CPU() exists once for each processor. Those of modules share "
        "8 KB that the kernel sets apart at boot (PERCPU_MODULE_RESERVE), whatever memory the "
        "machine has. A module that needs more than is left is not loaded: ENOMEM. It should use "
        "alloc_percpu(). The variables cannot be further apart than a page: a module that wants "
        "more gets a page. It is not loaded where a page is larger than that room, as one of 16 "
        "KiB, nor on s390x, where such a variable takes all of the room. On i386 and on ppc64 the "
        "variables of modules are where all others are, and have no such limit.",
        (Cmd(f"cd {FIXTURES}; insmod percpu_small.ko"),
         Note("Its counters start at 100; each reading adds one, on the processor that it is on."),
         Cmd("cat /sys/module/percpu_small/parameters/sum > /dev/null"),
         Cmd("echo $(($(cat /sys/module/percpu_small/parameters/sum) - 100 * $(nproc)))", says="2"),
         Cmd("insmod percpu_large.ko", 1, says="Cannot allocate memory",
             log=(r"^percpu: allocation failed, size=30000 align=\d+ atomic=0, ",
                  "^percpu_large: Could not allocate 30000 bytes percpu data$")),
         Call("finit_module", (f"{FIXTURES}/percpu_large.ko", "0", ""), errno="ENOMEM"),
         Loaded("percpu_small 0"),
         Cmd("insmod percpu_apart.ko", when=PERCPU_FITS,
             log=(r"^percpu_apart: per-cpu alignment \d+ > \d+$",)),
         Cmd("rmmod percpu_apart", when=PERCPU_FITS),
         *(Cmd("insmod percpu_apart.ko", 1, says="Cannot allocate memory", when=option,
               log=(r"^percpu_apart: per-cpu alignment \d+ > \d+$",
                    r"^percpu: allocation failed, size=\d+ align=\d+ atomic=0, "))
           for option in PERCPU_TOO_LARGE),
         Cmd("rmmod percpu_small"),
         Events("load percpu_small", "put percpu_small 1", "load percpu_apart",
                "put percpu_apart 1", "free percpu_apart", "free percpu_small", when=PERCPU_FITS),
         *(Events("load percpu_small", "put percpu_small 1", "free percpu_small", when=option)
           for option in PERCPU_TOO_LARGE),
         Loaded()),
        order=None,
        needs=("CONFIG_SMP", "!CONFIG_X86_32", "!CONFIG_PPC64")),
    Row("alias", "Other names of a module",
        "MODULE_ALIAS gives a module more names, or patterns of names; this is how the driver of "
        "a device is found. An alias line in modprobe.d does the same from outside. Each exported "
        "symbol is also a name of its module. modprobe looks up all of these names; rmmod and the "
        "kernel know none of them.",
        (Cmd("modinfo -F alias aliased | sort",
             shows=("^taskmods-by-another-name$", "^taskmods:v\\*$")),
         Cmd("modprobe -R taskmods:v42", says="aliased"),
         Cmd("modprobe taskmods:v42"),
         Loaded("aliased 0"),
         Cmd("rmmod taskmods-by-another-name", 1,
             says="Module taskmods_by_another_name is not currently loaded"),
         Cmd("modprobe -r taskmods-by-another-name"),
         Loaded(),
         Cmd("modprobe -R symbol:tcore_walk", says="core_mod"),
         Cmd("modprobe symbol:tcore_walk"),
         Loaded("core_mod 0"),
         Cmd("echo alias tasks walker_mod > /etc/modprobe.d/tasks.conf"),
         Cmd("modprobe tasks"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("modprobe -r tasks"),
         Loaded(),
         Cmd("rm /etc/modprobe.d/tasks.conf"),
         Cmd("modprobe tasks", 1, shows=("FATAL: Module tasks not found in directory /lib/mod",))),
        order="+aliased -aliased +core_mod +walker_mod -walker_mod -core_mod",
        installs=("aliased",)),
    Row("request-module", "The kernel itself asks for a module",
        "request_module() makes the kernel start /sbin/modprobe, or the program that "
        "kernel.modprobe names, and wait for it. It returns 0, a negative errno, or modprobe's "
        "wait status: 256 means exit status 1. If kernel.modprobe is empty, nothing is started, "
        "and nothing is traced.",
        (Cmd(f"insmod {FIXTURES}/asks.ko"),
         Cmd("cat /proc/sys/kernel/modprobe", says="/sbin/modprobe"),
         Cmd("echo report_mod > /sys/module/asks/parameters/want",
             log=("^asks: request_module\\(report_mod\\) = 0$",)),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 0", "report_mod 0", "asks 0"),
         Events("load asks", "put asks 1", "request report_mod", "load core_mod", "put core_mod 1",
                "get core_mod 2", "load walker_mod", "put walker_mod 1",
                "get core_mod 3", "load report_mod", "put report_mod 1"),
         UNLOAD_SUITE,
         Cmd("echo nothing_mod > /sys/module/asks/parameters/want",
             log=("^asks: request_module\\(nothing_mod\\) = 256$",)),
         Cmd("echo /sbin/nothing > /proc/sys/kernel/modprobe"),
         Cmd("echo report_mod > /sys/module/asks/parameters/want",
             log=("^asks: request_module\\(report_mod\\) = -2$",)),
         Cmd("echo > /proc/sys/kernel/modprobe"),
         Cmd("echo report_mod > /sys/module/asks/parameters/want",
             log=("^asks: request_module\\(report_mod\\) = -2$",)),
         Loaded("asks 0"),
         Cmd("echo /sbin/modprobe > /proc/sys/kernel/modprobe"),
         Cmd("rmmod asks"),
         Events("free report_mod", "put core_mod 2", "free walker_mod", "put core_mod 1",
                "free core_mod", "request nothing_mod", "request report_mod", "free asks"),
         Loaded()),
        order=f"+asks {ALL_ORDER} -asks"),
    Row("missing-index", "modprobe without the index that depmod makes",
        "modprobe does not search for files. It looks up names in modules.dep.bin, which depmod "
        "writes. Without that file it finds no module; modules.dep, the same list as text, does "
        "not help. insmod needs neither.",
        (Cmd("cd /lib/modules/$(uname -r)"),
         Cmd("rm modules.dep.bin"),
         Cmd("modprobe walker_mod", 1,
             shows=("^modprobe: FATAL: Module walker_mod not found in directory /lib/modules/",)),
         Cmd("rm modules.dep"),
         Cmd("insmod updates/taskmods/core_mod.ko"),
         Cmd("rmmod core_mod"),
         Loaded(),
         Cmd("depmod"),
         Cmd("ls modules.dep*", shows=("\\Amodules.dep\nmodules.dep.bin\n\\Z",)),
         Cmd("modprobe walker_mod"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("modprobe -r walker_mod"),
         Loaded()),
        order="+core_mod -core_mod +core_mod +walker_mod -walker_mod -core_mod"),
    Row("cut-off-index", "An index that ends too early",
        "A full disk or a power failure can leave an index that is cut off. kmod 30, Debian 12's, "
        "does not notice it: modinfo reads on behind the end of modules.dep.bin, takes more and "
        "more memory, and never ends. From version 34 on kmod checks each read (libkmod-index.c), "
        "and finds no such module; here kmod 28 does, too. depmod makes the index anew.",
        (Cmd("cd /lib/modules/$(uname -r)"),
         Note("The root of the tree of names is at the end of the file; bytes 8 to 11 say where."),
         Cmd("root=$((0x$(od -An -tx1 -j8 -N4 modules.dep.bin | tr -d ' ') & 0x0fffffff)); "
             "head -c $((root + 4)) modules.dep.bin > cut; mv cut modules.dep.bin"),
         Cmd("modprobe walker_mod", 1,
             shows=("^modprobe: FATAL: Module walker_mod not found in directory /lib/modules/",)),
         Cmd("timeout 1 $(command -v modinfo) walker_mod", 143,
             when="kmod >= 30 and kmod < 34"),
         *(Cmd("modinfo walker_mod", 1, when=when,
               shows=("^modinfo: ERROR: Module walker_mod not found",))
           for when in ("kmod < 30", "kmod >= 34")),
         Cmd("depmod"),
         Cmd("modprobe walker_mod; modprobe -r walker_mod")),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("builtin", "A module that is built into the kernel",
        "modules.builtin lists what was built into the kernel's image. modprobe takes such a name "
        "for loaded, so that nobody has to know the difference. It cannot be unloaded, and the "
        "kernel knows no module of that name.",
        (Cmd("grep /tcp_cubic.ko /lib/modules/$(uname -r)/modules.builtin",
             says="kernel/net/ipv4/tcp_cubic.ko"),
         Cmd("modprobe -v tcp_cubic", shows=("\\A\\Z",)),
         Cmd("modprobe --show-depends tcp_cubic", says="builtin tcp_cubic"),
         Cmd("modprobe --first-time tcp_cubic", 1,
             says="could not insert 'tcp_cubic': Module already in kernel"),
         Loaded(),
         Cmd("rmmod tcp_cubic", 1, says="Module tcp_cubic is builtin."),
         Cmd("modprobe -r tcp_cubic", 1, says="Module tcp_cubic is builtin."),
         Call("delete_module", ("tcp_cubic", "0"), errno="ENOENT"),
         Cmd("modinfo -F filename tcp_cubic", says="(builtin)"),
         Events())),
)
