// SPDX-License-Identifier: GPL-2.0
/*
 * The exercise as one writes it first: each process to the log, then how many are in each state.
 *
 * It works, and is wrong in six ways, which README.md shows one by one. Do not begin your own
 * from it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

static int num;
module_param(num, int, 0444);
MODULE_PARM_DESC(num, "Processes to write to the log; zero or negative: all (default: 0)");

static unsigned int counts[1 + ilog2(TASK_REPORT_MAX)];

static int __init list_tasks_init(void)
{
	struct task_struct *task;
	unsigned int i;
	int left = num;

	rcu_read_lock();
	for_each_process(task) {
		counts[task_state_index(task)]++;
		if (num <= 0 || left-- > 0)
			pr_info("%s pid=%d state=%c parent=%s\n", task->comm, task->pid,
				task_state_to_char(task),
				rcu_dereference(task->real_parent)->comm);
	}
	rcu_read_unlock();

	for (i = 0; i < ARRAY_SIZE(counts); i++)
		pr_info("%u in state %c\n", counts[i], task_index_to_char(i));
	return 0;
}
module_init(list_tasks_init);

static void __exit list_tasks_exit(void)
{
}
module_exit(list_tasks_exit);

MODULE_DESCRIPTION("Lists every process in the kernel log, and counts them by state");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
