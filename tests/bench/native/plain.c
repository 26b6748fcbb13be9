// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/native_plain: the columns of /proc/taskmods/tasks, as a module writes them that nobody has
 * made fast: the next pid is asked for each time, a record is a process, seq_printf() makes the
 * line. Names are not escaped.
 */
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "native.h"

/* The first process from *@pos on. */
static void *find(loff_t *pos)
{
	struct task_struct *task;
	struct pid *pid;
	int nr = *pos;

	while ((pid = idr_get_next(&init_pid_ns.idr, &nr))) {
		task = pid_task(pid, PIDTYPE_TGID);
		if (task) {
			*pos = nr;
			return task;
		}
		nr++;
	}
	return NULL;
}

static void *plain_start(struct seq_file *m, loff_t *pos)
{
	rcu_read_lock();
	return find(pos);
}

static void *plain_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return find(pos);
}

static void plain_stop(struct seq_file *m, void *v)
{
	rcu_read_unlock();
}

static int plain_show(struct seq_file *m, void *v)
{
	struct task_struct *task = v, *parent = rcu_dereference(task->real_parent);
	char name[TASK_COMM_LEN], parents[TASK_COMM_LEN];

	get_task_comm(name, task);
	get_task_comm(parents, parent);
	seq_printf(m, "%d\t%d\t%c\t%s\t%s\n", task_tgid_nr(task), task_tgid_nr(parent),
		   task_state_to_char(task), name, parents);
	return 0;
}

static const struct seq_operations plain_ops = {
	.start = plain_start,
	.next = plain_next,
	.stop = plain_stop,
	.show = plain_show,
};

int native_plain_init(void)
{
	return proc_create_seq("native_plain", 0400, NULL, &plain_ops) ? 0 : -ENOMEM;
}

void native_plain_exit(void)
{
	remove_proc_entry("native_plain", NULL);
}
