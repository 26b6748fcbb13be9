// SPDX-License-Identifier: GPL-2.0
/* walker_mod: lists every process, in /proc/taskmods/tasks and once in the kernel log. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "../core_mod/core_mod.h"

#define BATCH 32

static int num;
module_param(num, int, 0444);
MODULE_PARM_DESC(num, "Processes to write to the log at load; zero or negative: all (default: 0)");

/**
 * struct reader - where one open file stands in the walk
 * @next: the lowest pid that the batch does not cover
 * @i: the current entry
 * @n: entries in the batch
 * @batch: copies of processes, ascending by pid
 *
 * A position is 0 for the header, else the lowest pid to show. seq_file goes on where it stopped,
 * or else from position 0 to where the reader wants to be, so only that one starts anew.
 */
struct reader {
	pid_t next;
	unsigned int i;
	unsigned int n;
	struct tcore_task batch[BATCH];
};

static struct tcore_task *task_at(struct seq_file *m)
{
	struct reader *r = m->private;

	if (r->i == r->n) {
		r->n = tcore_walk(tcore_seq_ns(m), &r->next, r->batch, BATCH);
		r->i = 0;
	}
	return r->n ? &r->batch[r->i] : NULL;
}

static void *tasks_start(struct seq_file *m, loff_t *pos)
{
	struct reader *r = m->private;

	if (*pos)
		return task_at(m);

	r->next = 0;
	r->i = 0;
	r->n = 0;
	return SEQ_START_TOKEN;
}

static void *tasks_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct reader *r = m->private;

	if (v == SEQ_START_TOKEN) {
		*pos = 1;
	} else {
		*pos = ((struct tcore_task *)v)->pid + 1;
		r->i++;
	}
	return task_at(m);
}

static void tasks_stop(struct seq_file *m, void *v)
{
}

static int tasks_show(struct seq_file *m, void *v)
{
	const struct tcore_task *task = v;
	char comm[TCORE_ESCAPED_LEN], parent[TCORE_ESCAPED_LEN];

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "PID\tPPID\tSTATE\tCOMM\tPARENT\n");
		return 0;
	}
	tcore_escape(comm, sizeof(comm), task->comm, "");
	tcore_escape(parent, sizeof(parent), task->parent, "");
	seq_printf(m, "%d\t%d\t%c\t%s\t%s\n", task->pid, task->ppid, task->state, comm, parent);
	return 0;
}

static const struct seq_operations tasks_ops = {
	.start = tasks_start,
	.next = tasks_next,
	.stop = tasks_stop,
	.show = tasks_show,
};

static const struct tcore_file tasks_file = {
	.name = "tasks",
	.owner = THIS_MODULE,
	.ops = &tasks_ops,
	.private_size = sizeof(struct reader),
};

/* Spaces are escaped as well: fields stay apart whatever a process calls itself. */
static void log_task(const struct tcore_task *task)
{
	char comm[TCORE_ESCAPED_LEN], parent[TCORE_ESCAPED_LEN];

	tcore_escape(comm, sizeof(comm), task->comm, " ");
	tcore_escape(parent, sizeof(parent), task->parent, " ");
	pr_info("pid=%d comm=%s state=%c parent=%s\n", task->pid, comm, task->state, parent);
}

/* A console may be slow and the lines many: no lock is held, and others get to run. */
static int log_tasks(void)
{
	unsigned int left = num > 0 ? num : UINT_MAX;
	struct tcore_task *batch;
	unsigned int i, n;
	pid_t pos = 0;

	batch = kmalloc_array(BATCH, sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;

	do {
		n = tcore_walk(&init_pid_ns, &pos, batch, min_t(unsigned int, left, BATCH));
		for (i = 0; i < n; i++) {
			log_task(&batch[i]);
			cond_resched();
		}
		left -= n;
	} while (n && left);

	kfree(batch);
	return 0;
}

static int __init walker_mod_init(void)
{
	int err;

	err = tcore_check_interface(KBUILD_MODNAME, TCORE_INTERFACE);
	if (err)
		return err;
	err = log_tasks();
	if (err)
		return err;
	return tcore_file_register(&tasks_file);
}
module_init(walker_mod_init);

static void __exit walker_mod_exit(void)
{
	tcore_file_unregister(&tasks_file);
}
module_exit(walker_mod_exit);

MODULE_DESCRIPTION("Lists every process with its state and parent in /proc/taskmods/tasks");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(TCORE_VERSION);
