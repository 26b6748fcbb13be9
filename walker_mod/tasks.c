// SPDX-License-Identifier: GPL-2.0
/* /proc/taskmods/tasks: a line for each process. */
#include <linux/module.h>
#include <linux/seq_file.h>

#include "walker.h"

/* No line is longer: two numbers, a letter, two names, and what follows each. */
#define LINE_SIZE (2 * TCORE_NUMBER_LEN + 2 + 2 * TCORE_ESCAPED_LEN)

/**
 * struct tasks_reader - where one open file is in the walk
 * @next: the lowest pid that is not in the batch
 * @batch: copies of processes, to make lines of
 * @len: the length of @text; 0 at the end
 * @text: their lines
 *
 * A record of seq_file is the lines of a batch, and the one before the first is the header. Its
 * position counts them. A batch is made in tasks_next() alone, and seq_file may show it as often as
 * it has to: again in a bigger buffer, or when the next read begins. It starts at 0 or at where it
 * stopped, never elsewhere: what is to be skipped, it reads and throws away.
 */
struct tasks_reader {
	pid_t next;
	struct tcore_task batch[WALKER_BATCH];
	size_t len;
	char text[WALKER_BATCH * LINE_SIZE];
};

static size_t put_task(char *line, const struct tcore_task *task)
{
	char *p = line;

	p += tcore_put_number(p, task->pid);
	*p++ = '\t';
	p += tcore_put_number(p, task->ppid);
	*p++ = '\t';
	*p++ = task->state;
	*p++ = '\t';
	p += tcore_escape(p, task->comm, '\\');
	*p++ = '\t';
	p += tcore_escape(p, task->parent, '\\');
	*p++ = '\n';
	return p - line;
}

static void *tasks_start(struct seq_file *m, loff_t *pos)
{
	struct tasks_reader *reader = m->private;

	if (*pos)
		return reader->len ? reader : NULL;
	reader->next = 0;
	return SEQ_START_TOKEN;
}

static void *tasks_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct tasks_reader *reader = m->private;
	char *p = reader->text;
	unsigned int i, n;

	++*pos;
	n = tcore_walk(tcore_seq_ns(m), &reader->next, reader->batch, WALKER_BATCH);
	for (i = 0; i < n; i++)
		p += put_task(p, &reader->batch[i]);
	reader->len = p - reader->text;
	return n ? reader : NULL;
}

static void tasks_stop(struct seq_file *m, void *v)
{
}

static int tasks_show(struct seq_file *m, void *v)
{
	struct tasks_reader *reader = m->private;

	if (v == SEQ_START_TOKEN)
		seq_puts(m, "PID\tPPID\tSTATE\tCOMM\tPARENT\n");
	else
		seq_write(m, reader->text, reader->len);
	return 0;
}

static const struct seq_operations tasks_ops = {
	.start = tasks_start,
	.next = tasks_next,
	.stop = tasks_stop,
	.show = tasks_show,
};

const struct tcore_file walker_tasks_file = {
	.name = "tasks",
	.owner = THIS_MODULE,
	.ops = &tasks_ops,
	.private_size = sizeof(struct tasks_reader),
};
