// SPDX-License-Identifier: GPL-2.0
/*
 * The floors: in the order of pids, one load of each field that a file shows or is found by, and
 * nothing done with it. So each cache line that a reader cannot do without is touched once, as soon
 * as its address is known; where two fields lie in one line, the second costs nothing.
 */
#include <linux/cache.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include <pids.h>

#include "native.h"

typedef unsigned long touch_fn(struct task_struct *task);

static __always_inline unsigned long touch_name(struct task_struct *task)
{
	return READ_ONCE(*(unsigned long *)task->comm);
}

static __always_inline unsigned long touch_counted(struct task_struct *task)
{
	return READ_ONCE(task->__state) + READ_ONCE(task->exit_state);
}

/* With its own pid, to know that it has not gone; its parent is others', too, and in the cache. */
static __always_inline unsigned long touch_process(struct task_struct *task)
{
	return touch_counted(task) + (unsigned long)READ_ONCE(task->real_parent) +
	       (unsigned long)READ_ONCE(task->thread_pid) + touch_name(task);
}

/* Its control group is that of others, and in the cache. */
static __always_inline unsigned long touch_thread(struct task_struct *task)
{
	return touch_counted(task) + READ_ONCE(__task_cred(task)->euid.val) +
	       (unsigned long)READ_ONCE(task->cgroups) +
	       READ_ONCE(task->sched_info.last_arrival) + touch_name(task);
}

/* As core_mod does it: so many nodes of the tree in an RCU section. */
static __always_inline int touch_all(enum pid_type type, touch_fn touch)
{
	struct task_struct *task;
	struct tcore_pids pids;
	unsigned long sum = 0;
	void __rcu **slot;
	pid_t pos = 0;
	int n = 0;

	do {
		rcu_read_lock();
		slot = tcore_pids_first(&pids, &init_pid_ns, pos);
		for (; slot; slot = tcore_pids_next(&pids, slot)) {
			struct pid *pid = rcu_dereference_raw(*slot);

			if (pid && tcore_pid_task(pid, type, &task)) {
				sum += touch(task);
				n++;
			}
		}
		rcu_read_unlock();
		pos = tcore_pids_nr(&pids, slot);
	} while (pids.more);
	native_sink += sum;
	return n;
}

int touch_tasks(void)
{
	return touch_all(PIDTYPE_TGID, touch_process);
}

int touch_threads(void)
{
	return touch_all(PIDTYPE_PID, touch_thread);
}

int touch_report(void)
{
	return touch_all(PIDTYPE_PID, touch_counted);
}

/* How many cache lines of a task and of what is its own lie at these offsets of its task_struct. */
static unsigned int count_lines(const size_t *offsets, unsigned int n, unsigned int others)
{
	unsigned int i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			if (offsets[j] / L1_CACHE_BYTES == offsets[i] / L1_CACHE_BYTES)
				break;
		others += j == i;
	}
	return others;
}

#define AT(member) offsetof(struct task_struct, member)

/* Each has a struct pid, and a thread its credentials, too. */
void show_lines(struct seq_file *m)
{
	static const size_t tasks[] = {
		AT(__state), AT(exit_state), AT(real_parent), AT(thread_pid), AT(comm),
	};
	static const size_t threads[] = {
		AT(__state), AT(exit_state), AT(cred), AT(cgroups), AT(sched_info), AT(comm),
	};

	seq_printf(m, "lines tasks %u\n", count_lines(tasks, ARRAY_SIZE(tasks), 1));
	seq_printf(m, "lines threads %u\n", count_lines(threads, ARRAY_SIZE(threads), 2));
	/* The first two of a process. */
	seq_printf(m, "lines report %u\n", count_lines(tasks, 2, 1));
}
