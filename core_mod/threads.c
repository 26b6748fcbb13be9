// SPDX-License-Identifier: GPL-2.0
/* Walking the threads of a pid namespace in the order of their own numbers. */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/time64.h>

#include "compat.h"
#include "core_mod.h"
#include "internal.h"
#include "pids.h"

/* One call of tcore_walk_threads(): the rest of the batch, and the scheduler's time. */
struct thread_walk {
	struct pid_namespace *ns;
	struct tcore_thread *next;
	struct tcore_thread *end;
	u64 now;
};

#ifdef CONFIG_CGROUPS
static u64 read_cgroup(struct task_struct *task)
{
	return cgroup_id(task_dfl_cgroup(task));
}
#else
static u64 read_cgroup(struct task_struct *task)
{
	return 0;
}
#endif

#ifdef CONFIG_SCHED_INFO
/*
 * sched_info_arrive() keeps when a thread was put on a processor, by that processor's clock;
 * nothing keeps when it left. One that was just put there may seem to have got there later than
 * now. On 32 bits the two halves are read one after the other, and may be of two times.
 */
static s64 read_lastrun(struct task_struct *task, u64 now)
{
	u64 arrival = READ_ONCE(task->sched_info.last_arrival);

	if (!arrival)
		return TCORE_LASTRUN_UNKNOWN;
	if (tcore_on_cpu(task) || arrival > now)
		return 0;
	return div_u64(now - arrival, NSEC_PER_MSEC);
}
#else
static s64 read_lastrun(struct task_struct *task, u64 now)
{
	return TCORE_LASTRUN_UNKNOWN;
}
#endif

/* Copies a thread to where the batch goes on, unless it has gone. */
static void add_thread(struct thread_walk *walk, struct pid *pid, pid_t nr)
{
	struct tcore_thread *copy = walk->next;
	struct task_struct *task;

	if (!tcore_pid_task(pid, PIDTYPE_PID, &task))
		return;
	copy->pid = pid_has_task(pid, PIDTYPE_TGID) ? nr : task_tgid_nr_ns(task, walk->ns);
	if (!copy->pid)
		return;
	copy->tid = nr;
	copy->state = task_index_to_char(tcore_state_index(task));
	copy->uid = __task_cred(task)->euid;
	copy->cgroup = read_cgroup(task);
	copy->lastrun = read_lastrun(task, walk->now);
	tcore_copy_name(copy->comm, task);
	walk->next++;
}

/* One RCU section from *@pos on; returns whether there may be more. */
static bool add_threads(struct thread_walk *walk, pid_t *pos)
{
	struct tcore_pids pids;
	void __rcu **slot;

	rcu_read_lock();
	slot = tcore_pids_first(&pids, walk->ns, *pos);
	for (; slot && walk->next < walk->end; slot = tcore_pids_next(&pids, slot)) {
		struct pid *pid = rcu_dereference_raw(*slot);

		if (pid)
			add_thread(walk, pid, tcore_pids_nr(&pids, slot));
	}
	rcu_read_unlock();
	*pos = tcore_pids_nr(&pids, slot);
	return pids.more;
}

/**
 * tcore_walk_threads - copy the next threads of a pid namespace
 * @ns: the namespace; the caller keeps it alive (tcore_seq_ns(), or &init_pid_ns)
 * @pos: the lowest thread's number to consider, 0 at first; set to where the next call goes on
 * @threads: where the copies go
 * @max: how many fit there
 *
 * Threads come in ascending order of their own numbers, leaders among them; otherwise as
 * tcore_walk() does it.
 *
 * Context: Process context; sleeps between RCU sections.
 * Return: How many were copied; 0 is the end.
 */
unsigned int tcore_walk_threads(struct pid_namespace *ns, pid_t *pos, struct tcore_thread *threads,
				unsigned int max)
{
	struct thread_walk walk = { .ns = ns, .next = threads, .end = threads + max };
	bool more = true;

	while (more && walk.next < walk.end) {
		walk.now = local_clock();
		more = add_threads(&walk, pos);
		cond_resched();
	}
	return walk.next - threads;
}
EXPORT_SYMBOL_GPL(tcore_walk_threads);
