// SPDX-License-Identifier: GPL-2.0
/*
 * walker_mod: lists every process in /proc/taskmods/tasks, every thread in /proc/taskmods/threads,
 * and processes once in the kernel log.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
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
#define MAX_DIGITS 10
#define MAX_LONG_DIGITS 20
/* No line is longer: two numbers, a letter, two names, and what follows each. */
#define LINE_SIZE (2 * (MAX_DIGITS + 1) + 2 + 2 * TCORE_ESCAPED_LEN)
static_assert(LINE_SIZE >= 3 * (MAX_DIGITS + 1) + 2 + 2 * (MAX_LONG_DIGITS + 1) +
	      TCORE_ESCAPED_LEN, "a thread's line is longer than a process's");

/* The numbers below 100, two digits each. */
static char pairs[200] __ro_after_init;

static int num;
module_param(num, int, 0444);
MODULE_PARM_DESC(num, "Processes to write to the log at load; zero or negative: all (default: 0)");

/**
 * struct reader - where one open file stands in the walk
 * @next: the lowest number that the batch does not cover
 * @i: the current entry
 * @n: entries in the batch
 * @tasks: copies of processes, ascending by pid, where it is their file
 * @threads: copies of threads, ascending by their own numbers, where it is theirs
 *
 * A position is 0 for the header, else the lowest number to show. seq_file goes on where it
 * stopped, or else from position 0 to where the reader wants to be, so only that one starts anew.
 */
struct reader {
	pid_t next;
	unsigned int i;
	unsigned int n;
	union {
		struct tcore_task tasks[BATCH];
		struct tcore_thread threads[BATCH];
	};
};

/**
 * struct listing - what one file has that the other has not
 * @header: its first line
 * @fill: copies the next entries
 * @number: of the current entry
 * @put_line: writes the current entry, returns where that ends
 *
 * Constant where it is used, so that none of these calls is an indirect one.
 */
struct listing {
	const char *header;
	unsigned int (*fill)(struct seq_file *m, struct reader *r);
	pid_t (*number)(const struct reader *r);
	char *(*put_line)(char *p, struct seq_file *m, const struct reader *r);
};

/* Whether there is a current entry. */
static __always_inline bool has_entry(struct seq_file *m, const struct listing *listing)
{
	struct reader *r = m->private;

	if (r->i == r->n) {
		r->n = listing->fill(m, r);
		r->i = 0;
	}
	return r->n;
}

static __always_inline void *start(struct seq_file *m, loff_t *pos, const struct listing *listing)
{
	struct reader *r = m->private;

	if (*pos)
		return has_entry(m, listing) ? r : NULL;

	r->next = 0;
	r->i = 0;
	r->n = 0;
	return SEQ_START_TOKEN;
}

/* As many lines as there was room for have been shown. */
static __always_inline void *next(struct seq_file *m, loff_t *pos, const struct listing *listing)
{
	struct reader *r = m->private;

	++*pos;
	if (!has_entry(m, listing))
		return NULL;
	*pos = listing->number(r);
	return r;
}

static void stop(struct seq_file *m, void *v)
{
}

/* A record is as many lines as the buffer has room for. */
static __always_inline int show(struct seq_file *m, void *v, const struct listing *listing)
{
	struct reader *r = m->private;
	char *p, *begin, *end;
	size_t room;

	room = seq_get_buf(m, &begin);
	p = begin;
	end = begin + room;
	if (v == SEQ_START_TOKEN)
		p += strscpy(p, listing->header, room);
	for (; end - p > LINE_SIZE && has_entry(m, listing); r->i++)
		p = listing->put_line(p, m, r);
	/* -1 has seq_file come back with more room. */
	seq_commit(m, p == begin ? -1 : p - begin);
	return 0;
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

static char *put_long(char *p, u64 number)
{
	return number <= UINT_MAX ? put_number(p, number) : p + sprintf(p, "%llu", number);
}

static char *put_task(char *p, struct seq_file *m, const struct reader *r)
{
	const struct tcore_task *task = &r->tasks[r->i];

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

static pid_t task_number(const struct reader *r)
{
	return r->tasks[r->i].pid;
}

static unsigned int fill_tasks(struct seq_file *m, struct reader *r)
{
	return tcore_walk(tcore_seq_ns(m), &r->next, r->tasks, BATCH);
}

static const struct listing tasks = {
	.header = "PID\tPPID\tSTATE\tCOMM\tPARENT\n",
	.fill = fill_tasks,
	.number = task_number,
	.put_line = put_task,
};

static void *tasks_start(struct seq_file *m, loff_t *pos)
{
	return start(m, pos, &tasks);
}

static void *tasks_next(struct seq_file *m, void *v, loff_t *pos)
{
	return next(m, pos, &tasks);
}

static int tasks_show(struct seq_file *m, void *v)
{
	return show(m, v, &tasks);
}

static const struct seq_operations tasks_ops = {
	.start = tasks_start,
	.next = tasks_next,
	.stop = stop,
	.show = tasks_show,
};

static const struct tcore_file tasks_file = {
	.name = "tasks",
	.owner = THIS_MODULE,
	.ops = &tasks_ops,
	.private_size = sizeof(struct reader),
};

static char *put_thread(char *p, struct seq_file *m, const struct reader *r)
{
	const struct tcore_thread *thread = &r->threads[r->i];

	p = put_number(p, thread->pid);
	*p++ = '\t';
	p = put_number(p, thread->tid);
	*p++ = '\t';
	*p++ = thread->state;
	*p++ = '\t';
	p = put_number(p, from_kuid_munged(seq_user_ns(m), thread->uid));
	*p++ = '\t';
	p = put_long(p, thread->cgroup);
	*p++ = '\t';
	if (thread->lastrun == TCORE_LASTRUN_UNKNOWN)
		*p++ = '-';
	else
		p = put_long(p, thread->lastrun);
	*p++ = '\t';
	p += tcore_escape(p, thread->comm, '\\');
	*p++ = '\n';
	return p;
}

static pid_t thread_number(const struct reader *r)
{
	return r->threads[r->i].tid;
}

static unsigned int fill_threads(struct seq_file *m, struct reader *r)
{
	return tcore_walk_threads(tcore_seq_ns(m), &r->next, r->threads, BATCH);
}

static const struct listing threads = {
	.header = "PID\tTID\tSTATE\tUID\tCGROUP\tLASTRUN\tCOMM\n",
	.fill = fill_threads,
	.number = thread_number,
	.put_line = put_thread,
};

static void *threads_start(struct seq_file *m, loff_t *pos)
{
	return start(m, pos, &threads);
}

static void *threads_next(struct seq_file *m, void *v, loff_t *pos)
{
	return next(m, pos, &threads);
}

static int threads_show(struct seq_file *m, void *v)
{
	return show(m, v, &threads);
}

static const struct seq_operations threads_ops = {
	.start = threads_start,
	.next = threads_next,
	.stop = stop,
	.show = threads_show,
};

static const struct tcore_file threads_file = {
	.name = "threads",
	.owner = THIS_MODULE,
	.ops = &threads_ops,
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
	err = tcore_file_register(&tasks_file);
	if (err)
		return err;
	err = tcore_file_register(&threads_file);
	if (err)
		goto out_unregister_tasks;
	return 0;

out_unregister_tasks:
	tcore_file_unregister(&tasks_file);
	return err;
}
module_init(walker_mod_init);

static void __exit walker_mod_exit(void)
{
	tcore_file_unregister(&threads_file);
	tcore_file_unregister(&tasks_file);
}
module_exit(walker_mod_exit);

MODULE_DESCRIPTION("Lists every process and thread in /proc/taskmods/tasks and threads");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(TCORE_VERSION);
