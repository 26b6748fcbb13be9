# SPDX-License-Identifier: GPL-2.0
"""Refusing to unload: what holds a module, and what is said of it."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Await, Call, Cmd, Events, Loaded, Note

from .common import FIXTURES, SUITE_COMES, SUITE_LOADED

CALLS = "/sys/kernel/tracing/instances/calls"
CYCLES = 200


def _oops(command: str, number: int, where: str) -> tuple[Cmd, Cmd]:
    """Return a command's run into an oops, the kernel's so many-th, which ends it by SIGKILL.

    KASAN looks into memory of its own first; where that faults it is another trap, by SIGSEGV.
    """
    return (Cmd(command, 137, when="!CONFIG_KASAN",
                log=("^BUG: kernel NULL pointer dereference, address: 0{16}$",
                     rf"Oops: 0000 \[#{number}\]", where)),
            Cmd(command, 139, when="CONFIG_KASAN",
                log=(rf"^general protection fault, .*: 0000 \[#{number}\] ",
                     "^KASAN: null-ptr-deref in range ", where)))


DEPENDANTS = (
    Row("busy-dependants", "A module that others need stays",
        "The kernel counts a reference for each module that uses another's symbols, and refuses to "
        "unload what is referenced. It answers EAGAIN, which is also called EWOULDBLOCK.",
        (Cmd("modprobe report_mod"),
         Cmd("rmmod core_mod", 1, says="Module core_mod is in use by: walker_mod report_mod"),
         Cmd("modprobe -r core_mod", 1, says="Module core_mod is in use."),
         Call("delete_module", ("core_mod", "0"), errno="EAGAIN"),
         SUITE_LOADED,
         Cmd("modprobe -r report_mod walker_mod"),
         Loaded()),
        order=f"{SUITE_COMES} -report_mod -walker_mod -core_mod"),
    Row("busy-one-left", "One user is enough to hold a module",
        "Each module that goes takes its file along and gives its references back. The last one "
        "to go frees what they all used.",
        (Cmd("modprobe report_mod"),
         Cmd("ls /proc/taskmods", shows=(r"\Areport\ntasks\nthreads\n\Z",)),
         Cmd("rmmod report_mod"),
         Cmd("ls /proc/taskmods", shows=(r"\Atasks\nthreads\n\Z",)),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("rmmod core_mod", 1, says="Module core_mod is in use by: walker_mod"),
         Call("delete_module", ("core_mod", "0"), errno="EAGAIN"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("rmmod walker_mod"),
         Cmd("ls /proc/taskmods", shows=(r"\A\Z",)),
         Loaded("core_mod 0"),
         Cmd("rmmod core_mod"),
         Cmd("ls /proc/taskmods", 1, says="No such file or directory"),
         Events("load core_mod", "put core_mod 1", "get core_mod 2", "load walker_mod",
                "put walker_mod 1", "get core_mod 3", "load report_mod", "put report_mod 1",
                "free report_mod", "put core_mod 2", "free walker_mod", "put core_mod 1",
                "free core_mod"),
         Loaded()),
        order=f"{SUITE_COMES} -report_mod -walker_mod -core_mod"),
)

REFERENCES = (
    Row("busy-open-file", "An open file holds its module",
        "While a file of a module's is open the module is in use, once for each time that it was "
        "opened. lsmod counts such references, but has no name for who holds them. A process "
        "that is killed has its files closed.",
        (Cmd("modprobe report_mod"),
         Cmd("exec 3< /proc/taskmods/tasks 4< /proc/taskmods/tasks 5< /proc/taskmods/report"),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 2", "report_mod 1"),
         Cmd("exec 3<&-"),
         Cmd("rmmod walker_mod", 1, says="Module walker_mod is in use"),
         Call("delete_module", ("walker_mod", "0"), errno="EAGAIN"),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 1", "report_mod 1"),
         Cmd("exec 4<&-; rmmod walker_mod"),
         Note("A process that is started inherits what is open. This one does nothing with it."),
         Cmd("sleep 1000 & exec 5<&-"),
         Cmd("rmmod report_mod", 1, says="Module report_mod is in use"),
         Call("delete_module", ("report_mod", "0"), errno="EAGAIN"),
         Cmd("kill -KILL $!; wait $!", 137),
         Loaded("core_mod 1 report_mod", "report_mod 0"),
         Cmd("rmmod report_mod core_mod"),
         Events("load core_mod", "put core_mod 1", "get core_mod 2", "load walker_mod",
                "put walker_mod 1", "get core_mod 3", "load report_mod", "put report_mod 1",
                "get walker_mod 2", "get walker_mod 3", "get report_mod 2", "put walker_mod 2",
                "put walker_mod 1", "free walker_mod", "put core_mod 2", "put report_mod 1",
                "free report_mod", "put core_mod 1", "free core_mod"),
         Loaded()),
        order=f"{SUITE_COMES} -walker_mod -report_mod -core_mod"),
    Row("busy-symbol-get", "A symbol that was looked up holds its module",
        "A module can also look a symbol up while it runs, with symbol_get(). That counts a "
        "reference, but makes it no user of the other module in the eyes of depmod and lsmod. "
        "symbol_put() gives the reference back.",
        (Cmd("modprobe core_mod"),
         Cmd(f"insmod {FIXTURES}/symbol_ref.ko"),
         Loaded("core_mod 0", "symbol_ref 0"),
         Cmd("echo yes > /sys/module/symbol_ref/parameters/hold"),
         Loaded("core_mod 1", "symbol_ref 0"),
         Cmd("rmmod core_mod", 1, says="Module core_mod is in use"),
         Call("delete_module", ("core_mod", "0"), errno="EAGAIN"),
         Cmd("echo no > /sys/module/symbol_ref/parameters/hold"),
         Cmd("rmmod core_mod symbol_ref"),
         Events("load core_mod", "put core_mod 1", "load symbol_ref", "put symbol_ref 1",
                "get core_mod 2", "put core_mod 1", "free core_mod", "free symbol_ref"),
         Loaded()),
        order="+core_mod +symbol_ref -core_mod -symbol_ref"),
    Row("busy-try-module-get", "A module can hold itself",
        "try_module_get() takes a reference on any module, also on the one that calls it: a driver "
        "does so while its device is in use. Nothing but a matching module_put() gives it back.",
        (Cmd(f"insmod {FIXTURES}/self_ref.ko"),
         Cmd("echo yes > /sys/module/self_ref/parameters/hold"),
         Loaded("self_ref 1"),
         Cmd("rmmod self_ref", 1, says="Module self_ref is in use"),
         Call("delete_module", ("self_ref", "0"), errno="EAGAIN"),
         Loaded("self_ref 1"),
         Cmd("echo no > /sys/module/self_ref/parameters/hold"),
         Loaded("self_ref 0"),
         Cmd("rmmod self_ref"),
         Events("load self_ref", "put self_ref 1", "get self_ref 2", "put self_ref 1",
                "free self_ref"),
         Loaded()),
        order="+self_ref -self_ref"),
)

NEVER = (
    Row("permanent", "A module without an exit function stays",
        "What an init function did, only an exit function can undo: without one the kernel answers "
        "EBUSY, whatever the count. /proc/modules calls such a module [permanent], lsmod does not.",
        (Cmd(f"insmod {FIXTURES}/permanent.ko"),
         Cmd("cat /proc/modules", shows=(r"^permanent \d+ 0 \[permanent\], Live ",)),
         Loaded("permanent 0 [permanent]"),
         Cmd("rmmod permanent", 1,
             says="could not remove module permanent: Device or resource busy"),
         Call("delete_module", ("permanent", "0"), errno="EBUSY"),
         Loaded("permanent 0 [permanent]")),
        order="+permanent", guest=Guest()),
    Row("not-loaded", "What is not loaded cannot be unloaded",
        "rmmod says so and fails. modprobe -r is content that the module is not there, unless told "
        "that it must be, and fails only for a name that it does not know.",
        (Cmd("rmmod core_mod", 1, says="Module core_mod is not currently loaded"),
         Cmd("modprobe -r core_mod", hides="."),
         Cmd("modprobe -r --first-time core_mod", 1, says="Module core_mod is not in kernel."),
         Cmd("modprobe -r nonesuch", 1, says="Module nonesuch not found."),
         Call("delete_module", ("core_mod", "0"), errno="ENOENT"),
         Loaded())),
    Row("no-privilege", "Loading and unloading take CAP_SYS_MODULE",
        "The kernel asks for one capability, number 16, and not for a user: root without it may "
        "not, and an ordinary user with it may. The program `as` of the bench drops or keeps it.",
        (Cmd("modprobe walker_mod"),
         Cmd("as -16 0 0 rmmod walker_mod", 1,
             says="could not remove module walker_mod: Operation not permitted"),
         Cmd("as -16 0 0 modprobe -r walker_mod", 1,
             says="could not remove 'walker_mod': Operation not permitted"),
         Cmd("as -16 0 0 modprobe report_mod", 1,
             says="could not insert 'report_mod': Operation not permitted"),
         Cmd(f"as -16 0 0 insmod {FIXTURES}/self_ref.ko", 1,
             says=f"could not insert module {FIXTURES}/self_ref.ko: Operation not permitted"),
         Cmd("as 1000 1000 rmmod walker_mod", 1,
             says="could not remove module walker_mod: Operation not permitted"),
         Cmd("as 1000 1000 modprobe report_mod", 1,
             says="could not insert 'report_mod': Operation not permitted"),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("as +16 1000 1000 rmmod walker_mod core_mod"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("modules-disabled", "modules_disabled freezes what is loaded",
        "Once kernel.modules_disabled is 1 nobody loads or unloads anything, and nobody sets it "
        "back: it holds until the machine is started again.",
        (Cmd("modprobe core_mod"),
         Cmd("echo 1 > /proc/sys/kernel/modules_disabled"),
         Cmd("modprobe walker_mod", 1,
             says="could not insert 'walker_mod': Operation not permitted"),
         Call("finit_module", (f"{FIXTURES}/self_ref.ko", "0", ""), errno="EPERM"),
         Call("init_module", (f"{FIXTURES}/self_ref.ko", ""), errno="EPERM"),
         Cmd("rmmod core_mod", 1,
             says="could not remove module core_mod: Operation not permitted"),
         Call("delete_module", ("core_mod", "0"), errno="EPERM"),
         Cmd("echo 0 > /proc/sys/kernel/modules_disabled", 1,
             says="write error: Invalid argument"),
         Loaded("core_mod 0")),
        order="+core_mod", guest=Guest()),
)

STATES = (
    Row("going", "While its exit function runs, a module cannot be unloaded or loaded",
        "While the exit function runs the module's state is going, and its count -1, as the kernel "
        "has given up its own reference. It can be neither unloaded again nor loaded before it is "
        "gone. rmmod takes -1 for an error of its own, and fails without a word.",
        (Cmd(f"insmod {FIXTURES}/slow_exit.ko"),
         Cmd("rmmod slow_exit &"),
         Await("slow_exit: exit waits"),
         Loaded("slow_exit -1 initstate=going"),
         Cmd("rmmod slow_exit", 1, hides="."),
         Call("delete_module", ("slow_exit", "0"), errno="EBUSY"),
         Cmd(f"insmod {FIXTURES}/slow_exit.ko", 1, says="Device or resource busy"),
         Call("finit_module", (f"{FIXTURES}/slow_exit.ko", "0", ""), errno="EBUSY"),
         Cmd("cat /proc/modules", shows=(r"^slow_exit \d+ -1 - Unloading 0x\w+ \(OE-\)$",)),
         Note("Its parameters can still be written: this one lets the exit function go on."),
         Cmd("echo 1 > /sys/module/slow_exit/parameters/go"),
         Cmd("wait $!"),
         Loaded()),
        order="+slow_exit -slow_exit"),
    Row("after-oops", "A module that crashed stays until the next boot",
        "An oops kills the process that ran into it, and what that process held is never given "
        "back. A module whose init function oopsed is coming for ever, and one that was "
        "referenced stays referenced. Not even force helps. The kernel is tainted D, bit 7.",
        (*_oops(f"insmod {FIXTURES}/oops_init.ko", 1,
                r"^RIP: 0010:oops_init_init\+.* \[oops_init\]$"),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) >> 7 & 1))", shows=("^1$",)),
         Cmd("cat /proc/modules", shows=(r"^oops_init \d+ 1 - Loading 0x\w+ \(OE\+\)$",)),
         Cmd("rmmod oops_init", 1, says="Module oops_init is in use"),
         Call("delete_module", ("oops_init", "0"), errno="EBUSY"),
         Cmd("rmmod -f oops_init", 1,
             says="could not remove module oops_init: Device or resource busy"),
         Cmd(f"insmod {FIXTURES}/oops_held.ko"),
         *_oops("(echo 1 > /sys/module/oops_held/parameters/oops)", 2,
                r"^RIP: 0010:set_oops\+.* \[oops_held\]$"),
         Loaded("oops_held 1", "oops_init 1 initstate=coming"),
         Cmd("rmmod oops_held", 1, says="Module oops_held is in use"),
         Call("delete_module", ("oops_held", "0"), errno="EAGAIN"),
         Loaded("oops_held 1", "oops_init 1 initstate=coming")),
        # An oops also ends tracing.
        order="+oops_init", guest=Guest(trouble=True)),
    Row("force", "rmmod -f unloads a module in use, if the kernel allows it",
        "A kernel with CONFIG_MODULE_FORCE_UNLOAD lets a module go in spite of its references, or "
        "without an exit function, and is tainted R, bit 3, as it may be about to crash. It does "
        "not take a module away from another module that uses it.",
        (Cmd(f"insmod {FIXTURES}/self_ref.ko"),
         Cmd("echo yes > /sys/module/self_ref/parameters/hold"),
         Cmd("rmmod -f self_ref", 1, when="!CONFIG_MODULE_FORCE_UNLOAD",
             says="could not remove module self_ref: Resource temporarily unavailable"),
         Cmd("rmmod -f self_ref", when="CONFIG_MODULE_FORCE_UNLOAD"),
         Cmd(f"insmod {FIXTURES}/permanent.ko"),
         Cmd("rmmod -f permanent", 1, when="!CONFIG_MODULE_FORCE_UNLOAD",
             says="could not remove module permanent: Device or resource busy"),
         Cmd("rmmod -f permanent", when="CONFIG_MODULE_FORCE_UNLOAD"),
         Loaded(when="CONFIG_MODULE_FORCE_UNLOAD"),
         Loaded("self_ref 1", "permanent 0 [permanent]", when="!CONFIG_MODULE_FORCE_UNLOAD"),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) >> 3 & 1))", shows=("^1$",),
             when="CONFIG_MODULE_FORCE_UNLOAD"),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) >> 3 & 1))", shows=("^0$",),
             when="!CONFIG_MODULE_FORCE_UNLOAD"),
         Cmd("modprobe walker_mod"),
         Cmd("rmmod -f core_mod", 1,
             says="could not remove module core_mod: Resource temporarily unavailable"),
         Cmd("rmmod walker_mod core_mod")),
        order=None, forced=("self_ref",), guest=Guest()),
)

CHAINS = (
    Row("remove-chain", "modprobe -r takes along what is no longer used",
        "modprobe -r unloads the module, then what it depended on if nothing else uses that, then "
        "what its softdep loaded before it. So one name is enough for all three. What another "
        "module still uses stays.",
        (Cmd("modprobe report_mod"),
         Cmd("modprobe -rv report_mod",
             shows=("^rmmod report_mod$", "^rmmod walker_mod$", "^rmmod core_mod$")),
         Loaded(),
         Cmd("modprobe report_mod"),
         Cmd("modprobe -rv walker_mod", shows=("^rmmod walker_mod$",), hides="report|core"),
         Loaded("core_mod 1 report_mod", "report_mod 0"),
         Cmd("modprobe walker_mod"),
         Cmd("modprobe -rv report_mod walker_mod",
             shows=("^rmmod report_mod$", "^rmmod walker_mod$", "^rmmod core_mod$")),
         Loaded()),
        order=f"{SUITE_COMES} -report_mod -walker_mod -core_mod "
              f"{SUITE_COMES} -walker_mod +walker_mod -report_mod -walker_mod -core_mod"),
    Row("remove-partial", "modprobe -r stops at what is in use",
        "modprobe -r undoes nothing: what it has unloaded stays unloaded when it meets a module in "
        "use. It then ends at once with status 1, also where that module was only a softdep's.",
        (Cmd("modprobe report_mod"),
         Cmd("exec 3< /proc/taskmods/tasks"),
         Cmd("modprobe -r walker_mod", 1, says="Module walker_mod is in use."),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 1", "report_mod 0"),
         Cmd("modprobe -rv report_mod", 1, shows=("^rmmod report_mod$",),
             hides="^rmmod (walker|core)", says="Module walker_mod is in use."),
         Loaded("core_mod 1 walker_mod", "walker_mod 1"),
         Cmd("modprobe -r walker_mod core_mod", 1, says="Module walker_mod is in use."),
         Cmd("exec 3<&-"),
         Cmd("modprobe -r walker_mod"),
         Loaded()),
        order=f"{SUITE_COMES} -report_mod -walker_mod -core_mod"),
    Row("remove-holders", "modprobe -r --remove-holders unloads the users first",
        "The users go before what they use. With the last of them modprobe already takes the "
        "module that was asked for, then asks the kernel for it once more: all is gone, and yet "
        "the status is 1.",
        (Cmd("modprobe report_mod"),
         Cmd("modprobe -rv --remove-holders core_mod", 1,
             shows=("^rmmod report_mod$", "^rmmod walker_mod$", "^rmmod core_mod$",
                    "could not remove 'core_mod': No such file or directory$")),
         Loaded(),
         Cmd("modprobe report_mod"),
         Cmd("exec 3< /proc/taskmods/report"),
         Cmd("modprobe -r --remove-holders core_mod", 1, says="Module report_mod is in use."),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 0", "report_mod 1"),
         Cmd("exec 3<&-; modprobe -r report_mod"),
         Loaded()),
        needs=("kmod >= 30",),
        order=f"{SUITE_COMES} -report_mod -walker_mod -core_mod "
              f"{SUITE_COMES} -report_mod -walker_mod -core_mod"),
    Row("remove-wait", "modprobe -r --wait unloads once the last reader is gone",
        "With --wait modprobe asks again and again, for so many milliseconds, while the kernel "
        "answers EAGAIN (-11). The kernel itself has not waited since 3.13. Give it more time than "
        "it can need: up to kmod 34.2 it returns 0 when the time is up, or hangs.",
        (Cmd("modprobe walker_mod"),
         Cmd("exec 3< /proc/taskmods/tasks"),
         Note("Have the kernel tell what it answers. The job must not inherit the open file."),
         Cmd(f"mkdir {CALLS}; echo 1 > {CALLS}/events/syscalls/sys_exit_delete_module/enable"),
         Cmd("modprobe -r --wait 60000 walker_mod 3<&- &"),
         Cmd(f"grep -om 1 'sys_delete_module.*' {CALLS}/trace_pipe",
             shows=("^sys_delete_module -> 0xf{15}5$",)),
         Loaded("core_mod 1 walker_mod", "walker_mod 1"),
         Cmd("exec 3<&-; wait $!"),
         Loaded(),
         Cmd(f"rmdir {CALLS}")),
        needs=("kmod >= 30 and CONFIG_FTRACE_SYSCALLS",),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("rmmod-many", "rmmod takes several modules as they are named",
        "rmmod unloads one after the other, knows nothing of dependencies, and goes on after a "
        "refusal. So users come first. Its status is 1 if any was refused.",
        (Cmd("modprobe report_mod"),
         Cmd("rmmod report_mod walker_mod core_mod"),
         Loaded(),
         Cmd("modprobe report_mod"),
         Cmd("rmmod core_mod walker_mod report_mod", 1,
             shows=("Module core_mod is in use by:",)),
         Loaded("core_mod 0"),
         Cmd("rmmod nonesuch core_mod", 1, says="Module nonesuch is not currently loaded"),
         Loaded()),
        order=f"{SUITE_COMES} -report_mod -walker_mod -core_mod "
              f"{SUITE_COMES} -walker_mod -report_mod -core_mod"),
    Row("softdep-conflict", "A softdep against a symbol dependency blocks modprobe -r",
        "modprobe -r unloads a module's post softdeps before the module. If the module itself, or "
        "another one, uses the symbols of such a softdep it is in use then, and modprobe ends "
        "there: half-way, as it undoes nothing. rmmod does not read the configuration.",
        (Cmd("echo 'softdep walker_mod post: core_mod' > /etc/modprobe.d/conflict.conf"),
         Cmd("modprobe report_mod"),
         Cmd("modprobe -rv report_mod", 1, shows=("^rmmod report_mod$",),
             says="Module core_mod is in use."),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("modprobe -rv walker_mod", 1, hides="^rmmod", says="Module core_mod is in use."),
         Loaded("core_mod 1 walker_mod", "walker_mod 0"),
         Cmd("rmmod walker_mod core_mod"),
         Loaded(),
         Cmd("rm /etc/modprobe.d/conflict.conf")),
        order=f"{SUITE_COMES} -report_mod -walker_mod -core_mod"),
)

# A debug flag has the allocator count every object; without it whole slabs count as used.
# One processor, and no waiting for RCU, take a third of the time.
CYCLE = f"{SUITE_COMES} -report_mod -walker_mod -core_mod"
SETTLE = " ".join(["+rcu_settle -rcu_settle"] * 2)

LEAKS = (
    Row("unload-reload", f"Nothing is left after {CYCLES} loads and unloads",
        "What a module allocates and does not free is lost until the next boot, as no one knows "
        "that it was the module's. So objects of the slab allocator and areas of vmalloc may not "
        "grow with the cycles: a leak of one a cycle would show.",
        (Cmd("cycle() { for ((i = 0; i < $1; i++)); do modprobe report_mod && "
             "modprobe -r report_mod || return; done; }"),
         Note("Before objects are counted, RCU frees what it was given: rcu_settle waits for it. "
              "And KASAN, where that is, lets go of what was freed in a cache that is shrunk. "
              "What kmemleak and debugobjects note of others in caches of their own does not "
              "count."),
         Cmd("settle() { echo 3 > /proc/sys/vm/drop_caches; modprobe rcu_settle; "
             "rmmod rcu_settle; }"),
         Cmd("shrink() { for cache in /sys/kernel/slab/*/shrink; do echo 1 > $cache; done; }"),
         Cmd("objects() { settle; settle; shrink; "
             "awk 'NR > 2 && !/^(kmemleak|debug_objects)/ { n += $2 } END { print n }' "
             "/proc/slabinfo; }"),
         Cmd("areas() { wc -l < /proc/vmallocinfo; }"),
         Cmd("sizes() { modprobe report_mod; cut -d' ' -f1,2 /proc/modules; "
             "modprobe -r report_mod; }"),
         Note("What the first cycles leave in caches does not count."),
         Cmd("cycle 5; echo 1 > /proc/sys/kernel/printk"),
         Cmd("before=$(sizes); o=$(objects); a=$(areas); echo $o objects, $a areas"),
         Cmd(f"time cycle {CYCLES}", timeout=400),
         Cmd("o2=$(objects); a2=$(areas); echo $o2 objects, $a2 areas"),
         Cmd(f"((o2 < o + {CYCLES // 2} && a2 < a + {CYCLES // 2}))"),
         Cmd('after=$(sizes); echo "$after"; [ "$before" = "$after" ]'),
         Loaded()),
        order=" ".join([*[CYCLE] * 6, SETTLE, *[CYCLE] * CYCLES, SETTLE, CYCLE]),
        installs=("rcu_settle",), guest=Guest("slub_debug=Z nosmp rcupdate.rcu_expedited=1")),
)

ROWS = DEPENDANTS + REFERENCES + NEVER + STATES + CHAINS + LEAKS
