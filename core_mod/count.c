// SPDX-License-Identifier: GPL-2.0
/* Counting the tasks of a pid namespace by state. */
#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/idr.h>
#include <linux/log2.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "core_mod.h"
#include "internal.h"

static_assert(TCORE_NR_STATES == 1 + ilog2(TASK_REPORT_MAX));

/* A leader counts in both columns by one reading of its state. */
static void count_task(struct pid *pid, struct tcore_counts *counts)
{
	struct task_struct *task = pid_task(pid, PIDTYPE_PID);
	unsigned int state;

	if (!task)
		return;
	state = task_state_index(task);
	counts->threads[state]++;
	if (pid_task(pid, PIDTYPE_TGID))
		counts->processes[state]++;
}

/* One RCU read-side section. False at the end of the namespace. */
static bool count_section(struct pid_namespace *ns, pid_t *pos, struct tcore_counts *counts)
{
	unsigned int left;

	for (left = TCORE_PIDS_PER_RCU; left; left--) {
		struct pid *pid = idr_get_next(&ns->idr, pos);

		if (!pid)
			return false;
		count_task(pid, counts);
		++*pos;
	}
	return true;
}

/**
 * tcore_count - count the tasks of a pid namespace by state
 * @ns: the namespace; the caller keeps it alive (tcore_seq_ns(), or &init_pid_ns)
 * @counts: set to the counts
 *
 * States are those of task_state_index(), which /proc/PID/stat shows as letters. Tasks are counted
 * one after the other while they run: the figures are of the time of the call, not of one instant.
 * Holds RCU for at most %TCORE_PIDS_PER_RCU pids at a time.
 *
 * Context: Process context; sleeps between RCU sections.
 */
void tcore_count(struct pid_namespace *ns, struct tcore_counts *counts)
{
	pid_t pos = 0;
	bool more;

	memset(counts, 0, sizeof(*counts));
	do {
		rcu_read_lock();
		more = count_section(ns, &pos, counts);
		rcu_read_unlock();
		cond_resched();
	} while (more);
}
EXPORT_SYMBOL_GPL(tcore_count);
