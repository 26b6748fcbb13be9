# SPDX-License-Identifier: GPL-2.0
"""What of the modules, the kernel's loader and kmod no test runs, and why: for make coverage."""

from harness.observe.coverage import Reason
from harness.observe.loaderpage import Unreached

REASONS: tuple[Reason, ...] = (
    Reason("core_mod/escape.c", "not_plain", "return found & EACH_BYTE(0x80);",
           "The second half of a name always has a byte that is not plain: the NUL at its end."),
    Reason("core_mod/pids.h", "tcore_pid_task", "if (!first)",
           "The task has to be reaped between two looks at its pid. Tests with many short-lived "
           "tasks see that often, but not always.", by_chance=True),
    Reason("core_mod/threads.c", "add_thread", "copy->uid = __task_cred(task)->euid;",
           "On this kernel the macro asks whether RCU is held, and warns once where it is not: "
           "these are the branches of that warning."),
    Reason("core_mod/threads.c", "add_thread", "if (!copy->pid)",
           "The thread has to be reaped while it is copied.", by_chance=True),
    Reason("core_mod/walk.c", "read_parent", "parent = rcu_dereference(task->real_parent);",
           "On this kernel the macro asks whether RCU is held, and warns once where it is not: "
           "these are the branches of that warning."),
    Reason("core_mod/walk.c", "read_parent",
           "} while (!*ppid && rcu_access_pointer(task->real_parent) != parent);",
           "For another turn the parent has to be reaped between the two reads. The behaviour "
           "list-tasks-reaped makes that happen, but is not among what is counted.",
           by_chance=True),
    *(Reason("core_mod/walk.c", function, text,
             "The task has to be reaped while it is copied. Tests with many short-lived tasks see "
             "that often, but not always.", by_chance=True)
      for function, text in (("read_parent", "*ppid = task_tgid_nr_ns(parent, ns);"),
                             ("add_process",
                              "while (tcore_pid_task(pid, PIDTYPE_TGID, &leader)) {"),
                             ("add_process", "if (is_leader(leader, pid)) {"),
                             ("add_process", "walk->sibling = NULL;"))),
    Reason("core_mod/walk.c", "prefetch_process",
           "if (!pid || !tcore_pid_task(pid, PIDTYPE_TGID, &task))",
           "The task has to be reaped some turns before its own. Tests with many short-lived tasks "
           "see that often, but not always.", by_chance=True),
)

_WEAK = "The default for processors that have nothing of their own; this one has."
_INLINED = ("The compiler has put it into its callers, where it runs; the copy that other parts of "
            "the kernel call does not.")
_UNFORMED = ("It skips a module that is still being put together: another processor has to load "
             "one at that moment.")
_ELSEWHERE = "What is left is for errors of steps that do not fail here."
_MEMORY = "What is left is what it does without memory."
_BUG = "What is left is for a fault of the kernel's own, by BUG() or WARN()."

# By function, in the order of the page.
LOADER: tuple[Unreached, ...] = tuple(Unreached(function, why) for function, why in (
    # kallsyms.c
    ("__module_kallsyms_lookup_name", _UNFORMED),
    ("dereference_module_function_descriptor", _WEAK),
    ("elf_type", "Weak symbols and those of debug information: modules here have none."),
    ("is_arm_mapping_symbol", "Only the assemblers of some other processors make such symbols."),
    ("lookup_module_symbol_attrs", "Nothing in this kernel calls it."),
    ("lookup_module_symbol_name", "For an address of a module that is in none of its functions."),
    ("module_get_kallsym", _UNFORMED),
    ("module_kallsyms_on_each_symbol", _UNFORMED),
    # main.c
    ("SYSCALL_DEFINE2", "A name that the caller cannot read."),
    ("__is_module_percpu_address", _UNFORMED),
    ("add_unformed_module", "A signal has to come while it waits for another load of that "
     "module."),
    ("check_modinfo", "A module that says that it is a test: its taint is N."),
    ("check_modinfo_livepatch", "This kernel has no live patching."),
    ("check_module_license_and_versions", "Three modules that the kernel knows by their "
     "names (ndiswrapper, driverloader, lve), and exports without checksums."),
    ("complete_formation", _BUG),
    ("copy_module_from_user", "A module in memory that the caller cannot read as a whole."),
    ("find_module_all", _UNFORMED),
    ("find_module_sections", "A module of parts by two compilers, and parameters as before "
     "Linux 2.6."),
    ("layout_and_allocate", _ELSEWHERE),
    ("load_module", _ELSEWHERE),
    ("module_alloc", _WEAK),
    ("module_arch_cleanup", _WEAK),
    ("module_exit_section", "Only a kernel that cannot unload asks for it."),
    ("module_finalize", _WEAK),
    ("module_flags", "A module without any taint, where it is unloaded or in an oops: those here "
     "have some."),
    ("module_init_layout_section", _INLINED),
    ("move_module", "A module always has memory for its init: its symbol table is there."),
    ("print_modules", _UNFORMED),
    ("search_module_extables", "Modules here have no instructions that may fault."),
    ("setup_load_info", "A module with its name in no .modinfo section, as very old ones are."),
    ("show_initstate", _BUG),
    # signing.c
    ("is_module_sig_enforced", _INLINED),
    ("mod_is_hash_blacklisted", "What is left is no memory, and a module on the firmware's list "
     "of what must not run."),
    ("set_module_sig_enforced", "Only IMA calls it, which this kernel has not."),
    # sysfs.c
    ("mod_sysfs_init", "What is left is no memory, and a load before sysfs is there."),
    # version.c
    ("check_modstruct_version", _BUG),
    ("module_layout", "An empty function: only its checksum is used."),
    # params.c
    ("__modver_version_show", "It is for parts of the kernel that have a version; none here has."),
    ("kernel_param_lock", _INLINED),
    ("kernel_param_unlock", _INLINED),
    ("lookup_or_create_module_kobject", _MEMORY),
    ("param_array", "At least one element is always given: an empty list has one, which is empty."),
    ("param_array_get", "It is for a kind of element that cannot be shown."),
    ("param_check_unsafe", "A parameter for hardware, in a kernel that is locked down, of a module "
     "that it trusts."),
    ("param_sysfs_init", _MEMORY),
    ("parse_args", "What is left is for the kernel's own command line at boot, and for "
     "parameters that switch interrupts on."),
))

_UNUSED = "Part of libkmod's interface for other programs: no tool calls it."
KMOD: tuple[Unreached, ...] = tuple(Unreached(function, _UNUSED) for function in (
    "kmod_get_userdata", "kmod_set_userdata", "kmod_list_last", "kmod_module_section_get_name",
    "kmod_module_section_get_address", "kmod_module_get_sections", "kmod_module_section_free_list",
    "kmod_get_log_priority", "kmod_validate_resources"))
