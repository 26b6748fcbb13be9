# SPDX-License-Identifier: GPL-2.0
"""What of the modules no test runs, and why: the data of make coverage."""

from harness.observe.coverage import Reason

REASONS: tuple[Reason, ...] = (
    Reason("core_mod/escape.c", "not_plain", "return found & EACH_BYTE(0x80);",
           "The second half of a name always has a byte that is not plain: the NUL at its end."),
    *(Reason("core_mod/pids.h", "tcore_visit_node", text,
             "The tree of pids has to change its height while this node is read; a case of "
             "KUnit's calls it with what stands in the node then.", by_chance=True)
      for text in ("if (radix_tree_exception(pid)) {",
                   "iter->next_index = iter->index + (slot - first);",
                   "return true;")),
    Reason("core_mod/pids.h", "tcore_visit_node",
           "if (!visit(pid, iter->index + (slot - first), data)) {",
           "This is compiled into each of its three users, and count.c's never asks to stop."),
    Reason("core_mod/threads.c", "read_thread", "copy->uid = __task_cred(task)->euid;",
           "On this kernel the macro asks whether RCU is held, and warns once where it is not: "
           "these are the branches of that warning."),
    Reason("core_mod/threads.c", "read_thread", "if (!copy->pid)",
           "The thread has to be reaped while it is copied.", by_chance=True),
    Reason("walker_mod/walker_mod.c", "put_long",
           'return number <= UINT_MAX ? put_number(p, number) : p + sprintf(p, "%llu", number);',
           "No control group has so high a number on a kernel of a test's age, and no thread of it "
           "has waited for seven weeks."),
    Reason("core_mod/walk.c", "read_parent", "parent = rcu_dereference(task->real_parent);",
           "On this kernel the macro asks whether RCU is held, and warns once where it is not: "
           "these are the branches of that warning."),
    Reason("core_mod/walk.c", "read_parent",
           "} while (!*ppid && rcu_access_pointer(task->real_parent) != parent);",
           "The parent has to be reaped between the two readings for another turn; no test can "
           "have that happen for sure.", by_chance=True),
    *(Reason("core_mod/walk.c", function, text,
             "The task has to be reaped while it is copied; tests that churn see that often, not "
             "always.", by_chance=True)
      for function, text in (("read_parent", "*ppid = task_tgid_nr_ns(parent, ns);"),
                             ("read_parent", "if (!tcore_pid_alive(task))"),
                             ("read_parent", "return NULL;"),
                             ("copy_parent", "if (!parent)"),
                             ("copy_parent", "return false;"),
                             ("copy_leader",
                              "if (!tcore_pid_task(pid, PIDTYPE_TGID, &leader) || "
                              "leader == gone)"),
                             ("copy_leader", "if (copy_parent(leader, walk))"),
                             ("copy_leader", "gone = leader;"),
                             ("copy_leader", "smp_rmb();"))),
)
