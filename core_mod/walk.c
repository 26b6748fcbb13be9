// SPDX-License-Identifier: GPL-2.0
/*
 * Walking the processes of a pid namespace in the order of their pids.
 *
 * The cursor is a pid, not a task: between two RCU read-side sections any task may go away, and the
 * next section finds the lowest pid from the cursor on, whoever has it. So a process that lives
 * through the walk is met exactly once, and no reference is held between the sections.
 */
#include <linux/export.h>
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "core_mod.h"
#include "internal.h"

/*
 * The parent to report, with its pid. A parent that was reaped after real_parent was read has no
 * pid any more, but before it lost that its children were given another parent: look again.
 * Returns NULL where the task itself is gone.
 */
static struct task_struct *read_parent(struct task_struct *task, struct pid_namespace *ns,
				       pid_t *ppid)
{
	struct task_struct *parent;

	do {
		parent = rcu_dereference(task->real_parent);
		*ppid = task_tgid_nr_ns(parent, ns);
		if (!pid_alive(task))
			return NULL;
	} while (!*ppid && !pid_alive(parent));

	return parent;
}

/* Under RCU. False where the task went away meanwhile. */
static bool copy_task(struct task_struct *leader, struct pid_namespace *ns,
		      struct tcore_task *copy)
{
	struct task_struct *parent = read_parent(leader, ns, &copy->ppid);

	if (!parent)
		return false;

	copy->state = task_state_to_char(leader);
	get_task_comm(copy->comm, leader);
	if (copy->ppid || ns == &init_pid_ns)
		get_task_comm(copy->parent, parent->group_leader);
	else
		strscpy(copy->parent, "-", sizeof(copy->parent));
	return true;
}

/* One RCU read-side section. False at the end of the namespace. */
static bool walk_section(struct pid_namespace *ns, pid_t *pos, struct tcore_task *tasks,
			 unsigned int max, unsigned int *n)
{
	unsigned int left;

	for (left = TCORE_PIDS_PER_RCU; left && *n < max; left--) {
		struct pid *pid = idr_get_next(&ns->idr, pos);
		struct task_struct *leader;

		if (!pid)
			return false;
		leader = pid_task(pid, PIDTYPE_TGID);
		if (leader && copy_task(leader, ns, &tasks[*n]))
			tasks[(*n)++].pid = *pos;
		++*pos;
	}
	return true;
}

/**
 * tcore_walk - copy the next processes of a pid namespace
 * @ns: the namespace; the caller keeps it alive (tcore_seq_ns(), or &init_pid_ns)
 * @pos: the lowest pid to consider, 0 at first; set to where the next call goes on
 * @tasks: where the copies go
 * @max: how many fit there
 *
 * Processes come in ascending order of pid, by their leaders; a leader that has exited while its
 * threads live on is still there, as a zombie. State, parent and names are each read as /proc
 * would, one after the other: they need not be of the same instant. The parent is real_parent's
 * thread group, as in /proc/PID/stat, and not a debugger.
 *
 * Never holds RCU for more than %TCORE_PIDS_PER_RCU pids, and touches neither memory maps nor
 * files, so that no stuck task can hold it up.
 *
 * Context: Process context; sleeps between RCU sections.
 * Return: How many were copied; 0 is the end.
 */
unsigned int tcore_walk(struct pid_namespace *ns, pid_t *pos, struct tcore_task *tasks,
			unsigned int max)
{
	unsigned int n = 0;
	bool more = true;

	while (more && n < max) {
		rcu_read_lock();
		more = walk_section(ns, pos, tasks, max, &n);
		rcu_read_unlock();
		cond_resched();
	}
	return n;
}
EXPORT_SYMBOL_GPL(tcore_walk);
