# SPDX-License-Identifier: GPL-2.0
"""Inside the kernel: the stages of a load and of an unload, and how calls are linked."""

from harness.rows.row import Guest, Row
from harness.rows.steps import Await, Cmd, Host, Loaded, Note, Send, Stage, Step, Traced

from .common import FIXTURES, SUITE

WALKER = "$SUITE/walker_mod/walker_mod.ko"
# What a call's five bytes are aimed at: the address after them, and a distance with a sign.
AIM = ("set -- $(kcore $((place - 1)) 5); "
       "to=$(printf %x $((place + 4 + ((0x$5$4$3$2 ^ 0x80000000) - 0x80000000))))")

# A system call's function has the processor's name in its own: how it begins.
PREFIXES = ("__x64_", "__arm64_", "__s390x_", "__riscv_", "__ia32_", "")
# A compiler that counts lines puts other functions into those that call them.
NEEDS = ("CONFIG_FUNCTION_TRACER", "!CONFIG_GCOV_KERNEL")


def _call(name: str) -> Stage:
    return Stage(f"the system call {name}()", tuple(f"{prefix}sys_{name}" for prefix in PREFIXES))


MAY = Stage("may the caller load and unload modules?", ("capable",))
COPY = Stage("the file is copied", ("kernel_read_file",))
TAKEN = Stage("may this be loaded? then it is copied", ("security_kernel_load_data",), unseen=True)
WORK = Stage("from here on both system calls do the same", ("load_module",))
SIGNED = Stage("is it signed?", ("module_sig_check",), unseen=True)
ELF = Stage("is it a complete ELF file?",
            ("elf_validity_check", "elf_validity_cache_copy", "elf_validity_cache_sechdrs"),
            unseen=True)
MAGIC = Stage("is it for this kernel? the version magic", ("same_magic",), unseen=True)
NAME = Stage("is the name taken?", ("find_module_all",))
LAYOUT = Stage("its sections are laid out", ("module_frob_arch_sections", "layout_symtab"))
ROOM = Stage("room for code and data", ("module_alloc", "module_memory_alloc", "execmem_alloc",
                                        "execmem_alloc_rw"))
SYMBOLS = Stage("its symbols are looked up", ("resolve_symbol", "find_symbol"))
RELOCATED = Stage("addresses are written into its code", ("apply_relocate_add", "apply_relocate"))
ARGUMENTS = Stage("the arguments are copied", ("strndup_user",))
COMING = Stage("it is on the list as COMING: the notifiers are called",
               ("blocking_notifier_call_chain_robust",))
PARAMETERS = Stage("parameters", ("parse_args",))
SYSFS = Stage("/sys/module/NAME", ("mod_sysfs_setup",))
INIT = Stage("its init function", ("do_one_initcall",))
LIVE = Stage("it is LIVE: the notifiers are called", ("blocking_notifier_call_chain",))
FREED = Stage("the memory that only init needed is freed", ("module_arch_freeing_init",))

# What must be seen of a load that is refused, in its order; the kernel undoes the rest by the
# functions of an unload. Up to Linux 6.3 it asks for the name once it has room for the module.
EARLY = (WORK, SIGNED, ELF, MAGIC)
LATE = (SYMBOLS, RELOCATED, ARGUMENTS, COMING, PARAMETERS, SYSFS, INIT)
TO_INIT = {"linux < 6.4": (*EARLY, LAYOUT, ROOM, NAME, *LATE),
           "linux >= 6.4": (*EARLY, NAME, LAYOUT, ROOM, *LATE)}

FOUND = Stage("is it loaded? may it go: its users, state, exit function and count?",
              ("find_module",))
EXIT = Stage("its exit function, seen by what it calls", ("tcore_file_unregister",))
GOING = Stage("it is GOING: the notifiers are called", ("blocking_notifier_call_chain",))
SETTLED = Stage("the kernel waits for work that it started", ("async_synchronize_full",))
NO_SYSFS = Stage("/sys/module/NAME is removed", ("mod_sysfs_teardown",))
GIVEN_BACK = Stage("its references to others are given back", ("module_unload_free",))
FORGOTTEN = Stage("its addresses are no longer a module's", ("mod_tree_remove",), unseen=True)
MEMORY = Stage("its memory is freed", ("module_memfree", "execmem_free"))
UNLOAD = (_call("delete_module"), MAY, FOUND, EXIT, GOING, SETTLED, NO_SYSFS, GIVEN_BACK, FORGOTTEN,
          MEMORY)
# On s390x the code by which a module calls the function tracer has memory of its own: that is the
# first that is freed.
TRACED_BY = Stage("the memory of its calls of the tracer is freed, and later the rest",
                  MEMORY.functions)
UNLOAD_S390 = (*UNLOAD[:UNLOAD.index(GIVEN_BACK)], TRACED_BY, GIVEN_BACK, FORGOTTEN)


def _load(command: str, status: int = 0, until: Stage | None = None, says: str = "",
          call: str = "finit_module", when: str = "") -> tuple[Step, ...]:
    """Return a load that is traced, to its end, or to the stage at which it is refused."""
    end = () if until else (LIVE, FREED)
    copy = (COPY,) if call == "finit_module" else (TAKEN,)
    only = f"{when} and " if when else ""
    return tuple(
        Traced(command, status, says=says, path=(_call(call), MAY, *copy, *path, *end),
               until=until.what if until else "", when=only + version)
        for version, path in TO_INIT.items())


def _refused(command: str, says: str, until: Stage, when: str = "") -> tuple[Step, ...]:
    return _load(f"insmod {command}", 1, until, says, when=when)


def _kept(command: str, errno: str) -> Traced:
    """Return an unload that is refused where the module is found; `errno` is its number."""
    return Traced(command, says=errno, path=UNLOAD, until=FOUND.what)


# A module called as a part of the kernel that has a directory in /sys/module, and three files that
# are wrong in one way each.
NAMESAKE = ("mkdir workqueue && cp hellop_mod/hellop_mod.c workqueue/workqueue.c && "
            "cp hellop_mod/Makefile workqueue && echo obj-m := workqueue.o > workqueue/Kbuild && "
            "make -C workqueue")
MISSHAPEN = ("cp $SUITE/core_mod/core_mod.ko relocation.ko; seq 1000 > text.ko; touch empty.ko; "
             "sed 's/ mod_unload / mod_unlaod /' relocation.ko > magic.ko")
# A relocation's type is the lowest byte of its second word: the first, or the last where the file
# is big-endian. A file's fifth byte is 1 or 2: its words have 4 bytes or 8; its sixth is 2 where it
# is big-endian.
FIRST = ("at=$(readelf -SW relocation.ko | "
         "sed -nE 's/.* [.]rela?[.]text +RELA? +0+ (\\w+) .*/\\1/p'); "
         "set -- $(od -An -tu1 -j 4 -N 2 relocation.ko); "
         "type=$((4 * $1 + ($2 - 1) * (4 * $1 - 1))); printf '\\377' | "
         "dd of=relocation.ko bs=1 seek=$((0x$at + type)) conv=notrunc status=none")

STEPS = (
    Row("load-steps", "What the kernel does at a load, and where it refuses one",
        "These are the kernel functions that insmod reaches, as the kernel's own function tracer "
        "reports them, each where it is first called. Where a load is refused, the last step is "
        "the one that refused it, or the last one before that: a simple comparison, or code that "
        "the compiler has put into load_module(), is not a function that can be seen. Three steps "
        "can refuse a load, too, but not with these tools: the memory, the copy of the arguments, "
        "and the notifiers for COMING.",
        (Host("make -C hellop_mod", shows=("LD \\[M\\] .*hellop_mod.ko",)),
         Host(NAMESAKE, shows=("LD \\[M\\] .*workqueue.ko",)),
         Host(MISSHAPEN),
         Note("The first relocation of its code gets a type that does not exist."),
         Host(FIRST),
         Send(("hellop_mod/hellop_mod.ko", "workqueue/workqueue.ko", "text.ko", "empty.ko",
               "magic.ko", "relocation.ko")),
         Note("To do the same by hand, in /sys/kernel/tracing: write the names to "
              "set_ftrace_filter, and function to current_tracer; then read trace."),
         Cmd(f"cp {SUITE}/*.ko ."),
         *_load("insmod core_mod.ko"),
         *_refused("core_mod.ko", "File exists", NAME),
         Cmd("rmmod core_mod"),
         Note("init_module() gets the file's content in memory."),
         *_load("agent init_module core_mod.ko ''", says="0", call="init_module"),
         Cmd("rmmod core_mod"),
         Note("Capability 16 is CAP_SYS_MODULE."),
         *_load("as -16 0 0 insmod core_mod.ko", 1, MAY, "Operation not permitted"),
         Note("An empty file, by the test bench's own call, as insmod does not try it: EINVAL."),
         *_load("agent finit_module empty.ko 0 ''", until=COPY, says="22"),
         *_refused("text.ko", "Invalid module format", SIGNED),
         *_refused("magic.ko", "Invalid module format", MAGIC),
         *_refused("walker_mod.ko", "Unknown symbol in module", SYMBOLS),
         *_refused("relocation.ko", "Invalid module format", RELOCATED, when="!CONFIG_RISCV"),
         *_refused("relocation.ko", "Invalid parameters", RELOCATED, when="CONFIG_RISCV"),
         Note("Two modules that export the same name: the kernel looks at this only when the "
              "whole file is in its place."),
         Cmd(f"insmod {FIXTURES}/dup_first.ko"),
         *_refused(f"{FIXTURES}/dup_second.ko", "Invalid module format", ARGUMENTS),
         *_refused("hellop_mod.ko howmany=many", "Invalid parameters", PARAMETERS),
         Note("The kernel itself has a /sys/module/workqueue."),
         *_refused("workqueue.ko", "Invalid parameters", SYSFS),
         Note("Its init function refuses more than 100."),
         *_refused("hellop_mod.ko howmany=1000", "Invalid parameters", INIT),
         Note("From here on the kernel requires a signature."),
         Cmd("echo 1 > /sys/module/module/parameters/sig_enforce", when="CONFIG_MODULE_SIG"),
         *_refused("core_mod.ko", "Key was rejected by service", SIGNED,
                   when="CONFIG_MODULE_SIG"),
         Loaded("dup_first 0")),
        order=None, needs=NEEDS, sources=("examples/hellop_mod",),
        guest=Guest()),
    Row("unload-steps", "What the kernel does at an unload, and where it refuses one",
        "The same for rmmod. To decide whether a module may be unloaded, the kernel looks at what "
        "it knows of it: who uses its symbols, its state, its exit function and its count, one "
        "after the other. It calls no function for that. So each such refusal ends where the "
        "module was found, and only the error says which it was: 11 is EAGAIN, 16 is EBUSY. The "
        "system call is the test bench's own, because rmmod looks at the users itself, and does "
        "not ask the kernel then.",
        (Cmd("modprobe report_mod"),
         Traced("rmmod report_mod", path=UNLOAD, when="!CONFIG_S390"),
         Traced("rmmod report_mod", path=UNLOAD_S390, when="CONFIG_S390"),
         Traced("as -16 0 0 rmmod walker_mod", 1, says="Operation not permitted", path=UNLOAD,
                until=MAY.what),
         Note("No such module (ENOENT)."),
         _kept("agent delete_module report_mod 0", "2"),
         Note("Another module uses its symbols."),
         _kept("agent delete_module core_mod 0", "11"),
         Note("Its exit function still runs."),
         Cmd(f"insmod {FIXTURES}/slow_exit.ko; rmmod slow_exit &"),
         Await("slow_exit: exit waits"),
         _kept("agent delete_module slow_exit 0", "16"),
         Cmd("echo 1 > /sys/module/slow_exit/parameters/go; wait $!"),
         Note("It has no exit function."),
         Cmd(f"insmod {FIXTURES}/permanent.ko"),
         _kept("agent delete_module permanent 0", "16"),
         Note("One of its files is open."),
         Cmd("exec 3< /proc/taskmods/tasks"),
         _kept("agent delete_module walker_mod 0", "11"),
         Cmd("exec 3<&-; rmmod walker_mod core_mod"),
         Loaded("permanent 0 [permanent]")),
        order="+core_mod +walker_mod +report_mod -report_mod +slow_exit -slow_exit +permanent "
              "-walker_mod -core_mod",
        needs=NEEDS, guest=Guest()),
)

LINK = (
    Row("link-at-load", "The kernel is the linker of a module",
        "In a module's file the call of tcore_walk() has no address yet: four bytes of the call "
        "are zero, and a relocation says that the distance to this symbol belongs there. The "
        "kernel writes it when it loads the module. The test bench's program kcore prints memory "
        "of the running kernel, from /proc/kcore.",
        (Host(f"objdump -dr -j .text {WALKER} | grep -m 1 -B 1 'tcore_walk-'",
              shows=(r"\be[89] 00 00 00 00 +\t(call|jmp)q? ", r"R_X86_64_PLT32\ttcore_walk-0x4$")),
         Host(f"readelf -rW {WALKER} | sed -n \"/'.rela.text'/,/^$/p\" | grep -m 1 'tcore_walk ' | "
              "tee relocation",
              shows=(r"^[0-9a-f]{16} +[0-9a-f]{16} R_X86_64_PLT32 +0{16} tcore_walk - 4$",)),
         Host("echo 0x$(cut -d ' ' -f 1 relocation) > offset"),
         Send(("offset",)),
         Cmd("modprobe walker_mod"),
         Note("The address of the section .text, and what is at the place of the call now: e8 is "
              "a call, e9 a jump, and the rest is the distance from there, lowest byte first."),
         Cmd("place=$(($(cat /sys/module/walker_mod/sections/.text) + $(cat offset)))"),
         Cmd("kcore $((place - 1)) 5", shows=(r"\Ae[89] (?!00 00 00 00)(\w\w ?){4}\n\Z",)),
         Cmd(AIM),
         Cmd("grep $' tcore_walk\\t' /proc/kallsyms",
             shows=(r"\A[0-9a-f]{16} [tT] tcore_walk\t\[core_mod\]\n\Z",)),
         Cmd("grep ^$to /proc/kallsyms",
             shows=(r"\A[0-9a-f]{16} [tT] tcore_walk\t\[core_mod\]\n\Z",)),
         Cmd("modprobe -r walker_mod"),
         Loaded()),
        order="+core_mod +walker_mod -walker_mod -core_mod",
        needs=("CONFIG_X86_64", "CONFIG_PROC_KCORE")),
)
ROWS = STEPS + LINK
