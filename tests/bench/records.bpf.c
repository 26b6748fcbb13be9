// SPDX-License-Identifier: GPL-2.0
/* A BPF iterator that writes the same columns as binary records, which spares it all formatting. */
#include "task.bpf.h"

struct record {
	int pid;
	int ppid;
	char comm[16];
	char parent[16];
	char state;
} __attribute__((packed));

SEC("iter/task")
int records(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task, *parent;
	struct record record = { 0 };

	if (!task || task->pid != task->tgid)
		return 0;
	parent = task->real_parent;
	record.pid = task->pid;
	record.ppid = parent->tgid;
	record.state = letters[state_index(task)];
	bpf_probe_read_kernel(record.comm, sizeof(record.comm), task->comm);
	bpf_probe_read_kernel(record.parent, sizeof(record.parent), parent->group_leader->comm);
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
