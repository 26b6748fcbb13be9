// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/floor: the least that counting all tasks by state can cost. A line "ns N", what the bare
 * loop took by the clock, then for each state its letter, processes, and threads.
 */
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>

#define STATES (1 + ilog2(TASK_REPORT_MAX))

static const char letters[] = "RSDTtXZPI";

static u64 count(unsigned int *processes, unsigned int *threads)
{
	u64 began = ktime_get_ns();
	struct task_struct *leader, *task;

	rcu_read_lock();
	for_each_process_thread(leader, task) {
		unsigned int state = task_state_index(task);

		threads[state]++;
		if (task == leader)
			processes[state]++;
	}
	rcu_read_unlock();
	return ktime_get_ns() - began;
}

static int floor_show(struct seq_file *m, void *v)
{
	unsigned int processes[STATES] = { 0 }, threads[STATES] = { 0 };
	int i;

	seq_printf(m, "ns %llu\n", count(processes, threads));
	for (i = 0; i < STATES; i++)
		seq_printf(m, "%c %u %u\n", letters[i], processes[i], threads[i]);
	return 0;
}

static int __init floor_init(void)
{
	return proc_create_single("floor", 0444, NULL, floor_show) ? 0 : -ENOMEM;
}
module_init(floor_init);

static void __exit floor_exit(void)
{
	remove_proc_entry("floor", NULL);
}
module_exit(floor_exit);

MODULE_DESCRIPTION("Counts all tasks by state in a bare loop, and how long that takes");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
