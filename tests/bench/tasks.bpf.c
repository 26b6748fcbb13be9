// SPDX-License-Identifier: GPL-2.0
/* A BPF iterator that lists processes, with the columns of /proc/taskmods/tasks. */
#include "task.bpf.h"

SEC("iter/task")
int tasks(struct bpf_iter__task *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task, *parent;
	char state[2] = "";

	if (!task || task->pid != task->tgid)
		return 0;
	parent = task->real_parent;
	state[0] = letters[state_index(task)];
	if (has_new_state())
		BPF_SEQ_PRINTF(seq, "%d\t%d\t%c\t%s\t%s\n", task->pid, parent->tgid, state[0],
			       task->comm, parent->group_leader->comm);
	else
		/* Kernels before 5.15 have no %c here. */
		BPF_SEQ_PRINTF(seq, "%d\t%d\t%s\t%s\t%s\n", task->pid, parent->tgid, state,
			       task->comm, parent->group_leader->comm);
	return 0;
}
