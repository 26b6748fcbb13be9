# SPDX-License-Identifier: GPL-2.0
"""What of the modules, the kernel's loader and kmod no test runs, and why: for make coverage."""

from harness.observe.coverage import Reason
from harness.observe import kmodpage
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
                             ("read_parent", "if (!tcore_pid_alive(task))"),
                             ("read_parent", "return NULL;"),
                             ("copy_parent", "if (!parent)"),
                             ("copy_parent", "return false;"),
                             ("add_process", "while (!copy_parent(walk, leader)) {"),
                             ("add_process", "ended = leader;"),
                             ("add_process", "smp_rmb();"),
                             ("add_process",
                              "if (!tcore_pid_task(pid, PIDTYPE_TGID, &leader) || "
                              "leader == ended)"),
                             ("add_process", "return;"))),
)

LOADER: tuple[Unreached, ...] = ()

_UNUSED = "Part of libkmod's interface for other programs: no tool calls it."
KMOD: tuple[kmodpage.Unreached, ...] = tuple(
    kmodpage.Unreached(function, _UNUSED) for function in (
        "kmod_set_log_priority", "kmod_get_userdata", "kmod_set_userdata", "kmod_list_last",
        "kmod_module_symbols_free_list", "kmod_module_section_get_name",
        "kmod_module_section_get_address", "kmod_module_get_sections",
        "kmod_module_section_free_list", "kmod_get_log_priority", "kmod_validate_resources",
        "kmod_config_iter_free_iter", "array_sort", "hash_iter_init", "hash_iter_next"))
