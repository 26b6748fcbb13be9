// SPDX-License-Identifier: GPL-2.0
/* A BPF iterator that counts processes and threads by state. */
#include "task.bpf.h"

static unsigned int processes[ROOM], threads[ROOM];

SEC("iter/task")
int count(struct bpf_iter__task *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	unsigned int i;

	if (task) {
		i = state_index(task);
		threads[i]++;
		if (task->pid == task->tgid)
			processes[i]++;
		return 0;
	}
	for (i = 0; i < STATES; i++) {
		char state[2] = { letters[i] };

		BPF_SEQ_PRINTF(seq, "%s %u %u\n", state, processes[i], threads[i]);
		processes[i] = 0;
		threads[i] = 0;
	}
	return 0;
}
