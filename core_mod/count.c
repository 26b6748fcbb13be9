// SPDX-License-Identifier: GPL-2.0
/* Counting the tasks of a pid namespace by state. */
#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "core_mod.h"
#include "internal.h"
#include "pids.h"

static_assert(TCORE_NR_STATES == 1 + ilog2(TASK_REPORT_MAX));

/* A leader counts in both columns by one reading of its state. */
static void count_task(struct pid *pid, struct tcore_counts *counts)
{
	struct task_struct *task;
	unsigned int state;

	if (!tcore_pid_task(pid, PIDTYPE_PID, &task))
		return;
	state = tcore_state_index(task);
	counts->threads[state]++;
	if (pid_has_task(pid, PIDTYPE_TGID))
		counts->processes[state]++;
}

/* One RCU section from *@pos on; returns whether there may be more. */
static bool count_some(struct pid_namespace *ns, pid_t *pos, struct tcore_counts *counts)
{
	struct tcore_pids pids;
	void __rcu **slot;

	rcu_read_lock();
	for (slot = tcore_pids_first(&pids, ns, *pos); slot; slot = tcore_pids_next(&pids, slot)) {
		struct pid *pid = rcu_dereference_raw(*slot);

		if (pid)
			count_task(pid, counts);
	}
	rcu_read_unlock();
	*pos = tcore_pids_nr(&pids, slot);
	return pids.more;
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
		more = count_some(ns, &pos, counts);
		cond_resched();
	} while (more);
}
EXPORT_SYMBOL_GPL(tcore_count);
