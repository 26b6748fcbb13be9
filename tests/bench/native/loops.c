// SPDX-License-Identifier: GPL-2.0
/* The kernel's own loops over all tasks, from the list that holds them, with nothing written. */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "native.h"

#define STATES (1 + ilog2(TASK_REPORT_MAX))
/* As many as a batch of walker_mod's has. */
#define COPIES 32

/* What the files show of a process. */
static struct copy {
	pid_t pid;
	pid_t ppid;
	char state;
	char comm[TASK_COMM_LEN];
	char parent[TASK_COMM_LEN];
} copies[COPIES];

int loop_fields(void)
{
	struct task_struct *task, *parent;
	int n = 0;

	rcu_read_lock();
	for_each_process(task) {
		struct copy *copy = &copies[n++ % COPIES];

		parent = rcu_dereference(task->real_parent);
		copy->pid = task_tgid_nr(task);
		copy->ppid = task_tgid_nr(parent);
		copy->state = task_state_to_char(task);
		memcpy(copy->comm, task->comm, TASK_COMM_LEN);
		memcpy(copy->parent, parent->comm, TASK_COMM_LEN);
	}
	rcu_read_unlock();
	return n;
}

int loop_states(void)
{
	unsigned int processes[STATES] = { 0 }, threads[STATES] = { 0 };
	struct task_struct *leader, *task;
	int i, n = 0;

	rcu_read_lock();
	for_each_process_thread(leader, task) {
		unsigned int state = task_state_index(task);

		threads[state]++;
		if (task == leader)
			processes[state]++;
	}
	rcu_read_unlock();
	for (i = 0; i < STATES; i++) {
		native_sink += processes[i];
		n += threads[i];
	}
	return n;
}
