# SPDX-License-Identifier: GPL-2.0
"""Refusing to unload: what holds a module, and what is said of it."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Await, Call, Cmd, Events, Loaded, Note

from .common import FIXTURES, SUITE_COMES, SUITE_LOADED, oops

CALLS = "/sys/kernel/tracing/instances/calls"
CYCLES = 200

DEPENDANTS = (
    Row("busy-dependants", "A module that others need cannot be unloaded",
        "The kernel counts one reference for each module that uses another module's symbols, and "
        "does not unload a module that has references. It answers EAGAIN, which is also called "
        "EWOULDBLOCK.",
        (Cmd("modprobe report_mod"),
         Cmd("rmmod core_mod", 1, says="Module core_mod is in use by: walker_mod report_mod"),
         Cmd("modprobe -r core_mod", 1, says="Module core_mod is in use."),
         Call("delete_module", ("core_mod", "0"), errno="EAGAIN"),
         SUITE_LOADED,
         Cmd("modprobe -r report_mod walker_mod"),
         Loaded()),
        order=f"{SUITE_COMES} -report_mod -walker_mod -core_mod"),
    Row("busy-one-left", "One user is enough to keep a module loaded",
        "Each module that is unloaded removes its file in /proc and gives its references back. "
        "core_mod, the last one, removes the directory that they all used.",
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
    Row("busy-open-file", "An open file keeps its module loaded",
        "While a file of a module is open, the module is in use: one reference for each time that "
        "it was opened. lsmod counts these references but does not know who holds them. When a "
        "process is killed, the kernel closes its files.",
        (Cmd("modprobe report_mod"),
         Cmd("exec 3< /proc/taskmods/tasks 4< /proc/taskmods/tasks 5< /proc/taskmods/report"),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 2", "report_mod 1"),
         Cmd("exec 3<&-"),
         Cmd("rmmod walker_mod", 1, says="Module walker_mod is in use"),
         Call("delete_module", ("walker_mod", "0"), errno="EAGAIN"),
         Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 1", "report_mod 1"),
         Cmd("exec 4<&-; rmmod walker_mod"),
         Note("A new process inherits the open files. This one does nothing with them."),
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
    Row("busy-symbol-get", "symbol_get() keeps the other module loaded",
        "A module can look up a symbol while it runs, with symbol_get(). This takes a reference "
        "on the module that exports the symbol, but depmod and lsmod do not show the caller as "
        "its user. symbol_put() gives the reference back.",
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
    Row("symbol-get-refused", "symbol_get() finds only what is exported for the GPL, and ready",
        "symbol_get() looks for a name while a module runs, so a mistyped name or a missing module "
        "is no error at load. It gives NULL for a symbol that no loaded module exports, for one of "
        "EXPORT_SYMBOL() (from Linux 6.6 on, and in Debian's older kernels), and as long as the "
        "init of the module that exports it runs. A symbol of the kernel itself needs no "
        "reference.",
        (Cmd(f"cd {FIXTURES}; insmod looks_up.ko; insmod plain_owner.ko"),
         Cmd("symbol=/sys/module/looks_up/parameters/symbol; echo tcore_count > $symbol", 1,
             says="write error: No such file or directory"),
         Cmd("modprobe core_mod; echo tcore_count > $symbol"),
         Loaded("core_mod 1", "looks_up 0", "plain_owner 0"),
         Note("It gives core_mod's back, by symbol_put_addr(), and takes one of the kernel's own."),
         Cmd("echo synchronize_rcu > $symbol"),
         Loaded("core_mod 0", "looks_up 0", "plain_owner 0"),
         Cmd("echo plain_zero > $symbol", 1, says="write error: No such file or directory",
             log=(r"^failing symbol_get of non-GPLONLY symbol plain_zero\.$",)),
         Cmd("insmod gated.ko & first=$!"),
         Await("gated: init waits"),
         Cmd("echo gated_value > $symbol", 1, says="write error: No such file or directory"),
         Cmd("echo 1 > /sys/module/gated/parameters/open; wait $first; echo gated_value > $symbol"),
         Loaded("core_mod 0", "gated 1", "looks_up 0", "plain_owner 0"),
         Cmd("rmmod gated", 1, says="Module gated is in use"),
         Note("When it goes, it gives back what it holds."),
         Cmd("rmmod looks_up"),
         Loaded("core_mod 0", "gated 0", "plain_owner 0"),
         Cmd("echo 1 > /sys/module/gated/parameters/open; rmmod gated core_mod plain_owner"),
         Loaded()),
        order="+looks_up +plain_owner +core_mod +gated -looks_up -gated -core_mod -plain_owner"),
    Row("busy-try-module-get", "A module can keep itself loaded",
        "try_module_get() takes a reference on any module, also on the one that calls it: a "
        "driver does so while its device is in use. Only a matching module_put() gives it back.",
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
    Row("busy-pinned", "A module that holds itself from its init on",
        "With __module_get() in its init function a module keeps itself loaded, for example "
        "because hardware that it started cannot be stopped. lsmod shows a count of 1 and no "
        "user. Only the module itself can give that reference back. Unlike a module without an "
        "exit function it is not [permanent], and rmmod says that it is in use.",
        (Cmd(f"insmod {FIXTURES}/pinned.ko"),
         Loaded("pinned 1"),
         Cmd("grep pinned /proc/modules", shows=(r"^pinned \d+ 1 - Live ",)),
         Cmd("rmmod pinned", 1, says="Module pinned is in use"),
         Call("delete_module", ("pinned", "0"), errno="EAGAIN"),
         Cmd("echo 1 > /sys/module/pinned/parameters/unpin"),
         Loaded("pinned 0"),
         Cmd("rmmod pinned"),
         Events("load pinned", "get pinned 3", "put pinned 2", "put pinned 1", "free pinned"),
         Loaded()),
        order="+pinned -pinned"),
)

NEVER = (
    Row("permanent", "A module without an exit function cannot be unloaded",
        "Only an exit function can undo what an init function did. Without one the kernel answers "
        "EBUSY, whatever the count is. /proc/modules marks such a module [permanent]; lsmod does "
        "not.",
        (Cmd(f"insmod {FIXTURES}/permanent.ko"),
         Cmd("cat /proc/modules", shows=(r"^permanent \d+ 0 \[permanent\], Live ",)),
         Loaded("permanent 0 [permanent]"),
         Cmd("rmmod permanent", 1,
             says="could not remove module permanent: Device or resource busy"),
         Call("delete_module", ("permanent", "0"), errno="EBUSY"),
         Loaded("permanent 0 [permanent]")),
        order="+permanent", guest=Guest()),
    Row("not-loaded", "A module that is not loaded cannot be unloaded",
        "rmmod says so and fails. modprobe -r does not fail, because the module is not there, as "
        "wanted. It fails with --first-time, and for a name that it does not know.",
        (Cmd("rmmod core_mod", 1, says="Module core_mod is not currently loaded"),
         Cmd("modprobe -r core_mod", hides="."),
         Cmd("modprobe -r --first-time core_mod", 1, says="Module core_mod is not in kernel."),
         Cmd("modprobe -r nonesuch", 1, says="Module nonesuch not found."),
         Call("delete_module", ("core_mod", "0"), errno="ENOENT"),
         Loaded())),
    Row("no-privilege", "Loading and unloading need CAP_SYS_MODULE",
        "The kernel checks one capability, number 16, and not the user: root without it may not "
        "load or unload, an ordinary user with it may. The test bench's program `as` drops or "
        "keeps it.",
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
    Row("modules-disabled", "modules_disabled stops all loading and unloading",
        "Once kernel.modules_disabled is 1, nobody can load or unload a module, and nobody can "
        "set it back to 0. This lasts until the next boot.",
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
    Row("going", "While its exit function runs, a module can be neither unloaded nor loaded",
        "While the exit function runs, the state of the module is going, and its count is -1, "
        "because the kernel has given up its own reference. Another unload fails, and so does a "
        "load. rmmod takes -1 for an error of its own, and fails without a message.",
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
        "An oops kills the process in which it happens, and what that process held is never given "
        "back. If an init function crashes, its module stays in the state coming. If a module had "
        "a reference, it keeps it. Even rmmod -f does not help. The kernel is tainted with D, bit "
        "7.",
        (*oops(f"insmod {FIXTURES}/oops_init.ko", 1,
               r"oops_init_init\+.* \[oops_init\]"),
         Cmd("echo $(($(cat /proc/sys/kernel/tainted) >> 7 & 1))", shows=("^1$",)),
         Cmd("cat /proc/modules", shows=(r"^oops_init \d+ 1 - Loading 0x\w+ \(OE\+\)$",)),
         Cmd("rmmod oops_init", 1, says="Module oops_init is in use"),
         Call("delete_module", ("oops_init", "0"), errno="EBUSY"),
         Cmd("rmmod -f oops_init", 1,
             says="could not remove module oops_init: Device or resource busy"),
         Cmd(f"insmod {FIXTURES}/oops_held.ko"),
         *oops("(echo 1 > /sys/module/oops_held/parameters/oops)", 2,
               r"set_oops\+.* \[oops_held\]"),
         Loaded("oops_held 1", "oops_init 1 initstate=coming"),
         Cmd("rmmod oops_held", 1, says="Module oops_held is in use"),
         Call("delete_module", ("oops_held", "0"), errno="EAGAIN"),
         Loaded("oops_held 1", "oops_init 1 initstate=coming")),
        # An oops also ends tracing.
        order="+oops_init", guest=Guest(trouble=True)),
    Row("force", "rmmod -f unloads a module in use, if the kernel allows it",
        "A kernel with CONFIG_MODULE_FORCE_UNLOAD unloads a module although it has references, or "
        "no exit function. It is then tainted with R, bit 3, because it may crash soon. Even so, "
        "it does not unload a module that another module uses.",
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
    Row("remove-chain", "modprobe -r also unloads what is no longer used",
        "modprobe -r unloads the module, then the modules that it needed if nothing else uses "
        "them, then the modules that its softdep loaded before it. So one name is enough for all "
        "three. What another module still uses stays loaded.",
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
    Row("remove-partial", "modprobe -r stops at a module that is in use",
        "modprobe -r does not undo what it did: a module that it has unloaded stays unloaded. "
        "When it meets a module in use it stops with status 1, even if only a softdep named that "
        "module.",
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
        "The modules that use core_mod are unloaded before it. With the last of them modprobe "
        "already unloads core_mod, then it asks the kernel for core_mod once more. So everything "
        "is unloaded, and yet the status is 1.",
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
        "With --wait modprobe asks again and again, for the given number of milliseconds, while "
        "the kernel answers EAGAIN (-11). The kernel itself has not waited since 3.13. Choose a "
        "time that is surely long enough; remove-wait-over shows why.",
        (Cmd("modprobe walker_mod"),
         Cmd("exec 3< /proc/taskmods/tasks"),
         Note("Let the kernel show its answers. The background job must not inherit the file."),
         Cmd(f"mkdir {CALLS}; echo 1 > {CALLS}/events/syscalls/sys_exit_delete_module/enable"),
         Cmd("modprobe -r --wait 60000 walker_mod 3<&- &"),
         Cmd(f"grep -om 1 'sys_delete_module.*' {CALLS}/trace_pipe",
             shows=("^sys_delete_module -> 0xf{7}(f{8})?5$",)),
         Loaded("core_mod 1 walker_mod", "walker_mod 1"),
         Cmd("exec 3<&-; wait $!"),
         Loaded(),
         Cmd(f"rmdir {CALLS}")),
        needs=("kmod >= 30 and CONFIG_FTRACE_SYSCALLS",),
        order="+core_mod +walker_mod -walker_mod -core_mod"),
    Row("rmmod-many", "rmmod unloads several modules in the order given",
        "rmmod unloads one module after the other, and knows nothing of dependencies. So name the "
        "users first. After a module that it cannot unload it goes on with the next; its status "
        "is then 1.",
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
    Row("softdep-conflict", "A softdep that contradicts a symbol dependency blocks modprobe -r",
        "modprobe -r unloads the post softdeps of a module before the module. If the module "
        "itself, or another one, uses symbols of such a softdep, that softdep is still in use, "
        "and modprobe stops. What it has unloaded until then stays unloaded. rmmod does not read "
        "the configuration.",
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
    Row("unload-reload", f"Nothing is left behind after {CYCLES} loads and unloads",
        "What a module allocates and does not free is lost until the next boot, because nobody "
        "knows that it was the module's. So the number of slab objects and of vmalloc areas must "
        "not grow with the cycles: a leak of one in each cycle would be seen.",
        (Cmd("cycle() { for ((i = 0; i < $1; i++)); do modprobe report_mod && "
             "modprobe -r report_mod || return; done; }"),
         Note("Before objects are counted, rcu_settle waits until RCU has freed what it was "
              "given. Shrinking a cache makes KASAN, if there is one, give back what was freed in "
              "it. The notes of kmemleak and debugobjects about other objects are not counted."),
         Cmd("settle() { echo 3 > /proc/sys/vm/drop_caches; modprobe rcu_settle; "
             "rmmod rcu_settle; }"),
         Cmd("shrink() { for cache in /sys/kernel/slab/*/shrink; do echo 1 > $cache; done; }"),
         Cmd("objects() { settle; settle; shrink; "
             "awk 'NR > 2 && !/^(kmemleak|debug_objects)/ { n += $2 } END { print n }' "
             "/proc/slabinfo; }"),
         Cmd("areas() { wc -l < /proc/vmallocinfo; }"),
         Cmd("sizes() { modprobe report_mod; cut -d' ' -f1,2 /proc/modules; "
             "modprobe -r report_mod; }"),
         Note("The first cycles fill caches, which does not count."),
         Cmd("cycle 5; echo 1 > /proc/sys/kernel/printk"),
         Cmd("before=$(sizes); o=$(objects); a=$(areas); echo $o objects, $a areas"),
         Cmd(f"time cycle {CYCLES}", timeout=400),
         Cmd("o2=$(objects); a2=$(areas); echo $o2 objects, $a2 areas"),
         Cmd(f"((o2 < o + {CYCLES // 2} && a2 < a + {CYCLES // 2}))"),
         Cmd('after=$(sizes); echo "$after"; [ "$before" = "$after" ]'),
         Loaded()),
        order=" ".join([*[CYCLE] * 6, SETTLE, *[CYCLE] * CYCLES, SETTLE, CYCLE]),
        needs=("fresh",), installs=("rcu_settle",),
        guest=Guest("slub_debug=Z nosmp rcupdate.rcu_expedited=1")),
)

ROWS = DEPENDANTS + REFERENCES + NEVER + STATES + CHAINS + LEAKS
