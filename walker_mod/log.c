// SPDX-License-Identifier: GPL-2.0
/* The exercise: at load, a line in the kernel log for each process. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "walker.h"

static int log_num;
module_param_named(num, log_num, int, 0444);
MODULE_PARM_DESC(num, "Processes to write to the log at load; zero or negative: all, also those that hidepid hides, which takes minutes where there are many and the console is slow (default: 0)");

/* Spaces are escaped as well: fields stay apart whatever a process calls itself. */
static void __init log_task(const struct tcore_task *task)
{
	char comm[TCORE_ESCAPED_LEN], parent[TCORE_ESCAPED_LEN];

	tcore_escape(comm, task->comm, ' ');
	tcore_escape(parent, task->parent, ' ');
	pr_info("pid=%d comm=%s state=%c parent=%s\n", task->pid, comm, task->state, parent);
}

/* A console may be slow: no lock is held, others get to run, and whoever loads may be killed. */
static int __init log_batch(const struct tcore_task *batch, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		log_task(&batch[i]);
		cond_resched();
	}
	return 0;
}

/* Writes the processes with the lowest pids, as many as num says. */
int __init walker_log_tasks(void)
{
	unsigned int left = log_num > 0 ? log_num : UINT_MAX;
	struct tcore_task *batch;
	unsigned int n;
	pid_t pos = 0;
	int err;

	batch = kmalloc_array(WALKER_BATCH, sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;

	do {
		n = tcore_walk(&init_pid_ns, &pos, batch, min_t(unsigned int, left, WALKER_BATCH));
		err = log_batch(batch, n);
		left -= n;
	} while (!err && n && left);

	kfree(batch);
	return err;
}
