// SPDX-License-Identifier: GPL-2.0
/* /proc/taskmods/threads: a line for each thread. */
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/uidgid.h>

#include "walker.h"

/* No line is longer: five numbers, a letter, a name, and what follows each. */
#define LINE_SIZE (5 * TCORE_NUMBER_LEN + 2 + TCORE_ESCAPED_LEN)

/**
 * struct threads_reader - where one open file is in the walk; as struct tasks_reader
 * @next: the lowest thread's number that is not in the batch
 * @batch: copies of threads, to make lines of
 * @len: the length of @text; 0 at the end
 * @text: their lines
 */
struct threads_reader {
	pid_t next;
	struct tcore_thread batch[WALKER_BATCH];
	size_t len;
	char text[WALKER_BATCH * LINE_SIZE];
};

static size_t put_lastrun(char *dst, s64 lastrun)
{
	if (lastrun != TCORE_LASTRUN_UNKNOWN)
		return tcore_put_number(dst, lastrun);
	*dst = '-';
	return 1;
}

static size_t put_thread(char *line, const struct tcore_thread *thread,
			 struct user_namespace *user_ns)
{
	char *p = line;

	p += tcore_put_number(p, thread->pid);
	*p++ = '\t';
	p += tcore_put_number(p, thread->tid);
	*p++ = '\t';
	*p++ = thread->state;
	*p++ = '\t';
	p += tcore_put_number(p, from_kuid_munged(user_ns, thread->uid));
	*p++ = '\t';
	p += tcore_put_number(p, thread->cgroup);
	*p++ = '\t';
	p += put_lastrun(p, thread->lastrun);
	*p++ = '\t';
	p += tcore_escape(p, thread->comm, '\\');
	*p++ = '\n';
	return p - line;
}

static void *threads_start(struct seq_file *m, loff_t *pos)
{
	struct threads_reader *reader = m->private;

	if (*pos)
		return reader->len ? reader : NULL;
	reader->next = 0;
	return SEQ_START_TOKEN;
}

static void *threads_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct threads_reader *reader = m->private;
	char *p = reader->text;
	unsigned int i, n;

	++*pos;
	n = tcore_walk_threads(tcore_seq_ns(m), &reader->next, reader->batch, WALKER_BATCH);
	for (i = 0; i < n; i++)
		p += put_thread(p, &reader->batch[i], seq_user_ns(m));
	reader->len = p - reader->text;
	return n ? reader : NULL;
}

static void threads_stop(struct seq_file *m, void *v)
{
}

static int threads_show(struct seq_file *m, void *v)
{
	struct threads_reader *reader = m->private;

	if (v == SEQ_START_TOKEN)
		seq_puts(m, "PID\tTID\tSTATE\tUID\tCGROUP\tLASTRUN\tCOMM\n");
	else
		seq_write(m, reader->text, reader->len);
	return 0;
}

static const struct seq_operations threads_ops = {
	.start = threads_start,
	.next = threads_next,
	.stop = threads_stop,
	.show = threads_show,
};

const struct tcore_file walker_threads_file = {
	.name = "threads",
	.owner = THIS_MODULE,
	.ops = &threads_ops,
	.private_size = sizeof(struct threads_reader),
};
