/* SPDX-License-Identifier: GPL-2.0 */
/* What the iterators read of a task. Where that lies, each kernel's own BTF says at load. */
#ifndef TASK_BPF_H
#define TASK_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct seq_file;

struct task_struct {
	unsigned int __state;
	int exit_state;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	char comm[16];
};

/* As it was up to 5.13. */
struct task_struct___before {
	long state;
};

struct bpf_iter_meta {
	struct seq_file *seq;
	unsigned long long session_id;
	unsigned long long seq_num;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

#define STATES 9
/* So that the verifier sees that an index is in range. */
#define ROOM 16
#define IDLE 0x402
#define REPORTED 0x7f

/* Not static: clang would have it in a section that its BTF does not tell of. */
const char letters[ROOM] = "RSDTtXZPI";

static __always_inline int has_new_state(void)
{
	return bpf_core_field_exists(((struct task_struct *)0)->__state);
}

/* As task_state_index() has it. */
static __always_inline unsigned int state_index(struct task_struct *task)
{
	unsigned int state, index;

	if (has_new_state())
		state = task->__state;
	else
		state = ((struct task_struct___before *)task)->state;
	if ((state & IDLE) == IDLE)
		return STATES - 1;
	state = (state | task->exit_state) & REPORTED;
	for (index = 0; state; index++)
		state >>= 1;
	return index & (ROOM - 1);
}

char LICENSE[] SEC("license") = "GPL";

#endif
