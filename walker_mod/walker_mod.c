// SPDX-License-Identifier: GPL-2.0
/* walker_mod: lists every process, in /proc/taskmods/tasks and once in the kernel log. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
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
#define HEADER "PID\tPPID\tSTATE\tCOMM\tPARENT\n"
#define MAX_DIGITS 10
/* Of the longest line: two numbers, a letter, two names, and what follows each. */
#define LINE_SIZE (2 * (MAX_DIGITS + 1) + 2 + 2 * TCORE_ESCAPED_LEN)

/* The numbers below 100, two digits each. */
static char pairs[200] __ro_after_init;

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

/* The current process, or NULL at the end. */
static const struct tcore_task *task_at(struct seq_file *m)
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
		return (void *)task_at(m);

	r->next = 0;
	r->i = 0;
	r->n = 0;
	return SEQ_START_TOKEN;
}

/* As many lines as there was room for have been shown. */
static void *tasks_next(struct seq_file *m, void *v, loff_t *pos)
{
	const struct tcore_task *task = task_at(m);

	*pos = task ? task->pid : *pos + 1;
	return (void *)task;
}

static void tasks_stop(struct seq_file *m, void *v)
{
}

/* Writes up to ten digits, and over the rest of ten bytes. */
static __always_inline char *put_number(char *p, unsigned int number)
{
	char text[2 * MAX_DIGITS] = "";
	char *d = text + MAX_DIGITS;

	for (; number >= 100; number /= 100) {
		d -= 2;
		memcpy(d, &pairs[2 * (number % 100)], 2);
	}
	d -= 2;
	memcpy(d, &pairs[2 * number], 2);
	d += number < 10;
	memcpy(p, d, MAX_DIGITS);
	return p + (text + MAX_DIGITS - d);
}

static char *put_line(char *p, const struct tcore_task *task)
{
	p = put_number(p, task->pid);
	*p++ = '\t';
	p = put_number(p, task->ppid);
	*p++ = '\t';
	*p++ = task->state;
	*p++ = '\t';
	p += tcore_escape(p, task->comm, '\\');
	*p++ = '\t';
	p += tcore_escape(p, task->parent, '\\');
	*p++ = '\n';
	return p;
}

/* A record is as many lines as the buffer has room for. */
static int tasks_show(struct seq_file *m, void *v)
{
	struct reader *r = m->private;
	const struct tcore_task *task;
	char *p, *begin, *end;
	size_t room;

	room = seq_get_buf(m, &begin);
	p = begin;
	end = begin + room;
	if (v == SEQ_START_TOKEN)
		p += strscpy(p, HEADER, room);
	for (; end - p > LINE_SIZE && (task = task_at(m)); r->i++)
		p = put_line(p, task);
	/* -1 has seq_file come back with more room. */
	seq_commit(m, p == begin ? -1 : p - begin);
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

	tcore_escape(comm, task->comm, ' ');
	tcore_escape(parent, task->parent, ' ');
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

static void __init fill_pairs(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(pairs) / 2; i++) {
		pairs[2 * i] = '0' + i / 10;
		pairs[2 * i + 1] = '0' + i % 10;
	}
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
	fill_pairs();
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
