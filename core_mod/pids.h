/* SPDX-License-Identifier: GPL-2.0 */
/* Going through the pids of a namespace in their order, so many at a time; see pids.c. */
#ifndef TCORE_PIDS_H
#define TCORE_PIDS_H

#include <linux/pid.h>
#include <linux/radix-tree.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/types.h>

struct pid_namespace;

/* An RCU read-side section looks at so many nodes of the tree that holds a namespace's pids, ... */
#define TCORE_NODES_PER_RCU 2
/* ... and so at no more pids than these. */
#define TCORE_PIDS_PER_RCU (TCORE_NODES_PER_RCU * RADIX_TREE_MAP_SIZE)

/**
 * struct tcore_pids - where an RCU read-side section is in the pids of a namespace
 * @ns: the namespace
 * @node: the part of a node of its tree that is looked at
 * @slot: what comes next there
 * @end: the end of that part
 * @nodes: how many more nodes this section may look at
 * @more: whether there may be more pids after those
 */
struct tcore_pids {
	struct pid_namespace *ns;
	struct radix_tree_iter node;
	void __rcu **slot;
	void __rcu **end;
	unsigned int nodes;
	bool more;
};

void tcore_pids_start(struct tcore_pids *pids, struct pid_namespace *ns, pid_t pos);
bool tcore_pids_next_node(struct tcore_pids *pids);

/* The next pid, or NULL at the end of the section; under RCU. */
static inline struct pid *tcore_pids_next(struct tcore_pids *pids)
{
	do {
		while (pids->slot < pids->end) {
			struct pid *pid = rcu_dereference_raw(*pids->slot++);

			if (pid)
				return pid;
		}
	} while (tcore_pids_next_node(pids));
	return NULL;
}

/* Where to go on: one more than the number of the pid that was found last. */
static inline pid_t tcore_pids_pos(const struct tcore_pids *pids)
{
	return pids->node.next_index - (pids->end - pids->slot);
}

/* As pid_task(), without a call. */
static inline struct task_struct *tcore_pid_task(struct pid *pid, enum pid_type type)
{
	struct hlist_node *first = rcu_dereference_raw(hlist_first_rcu(&pid->tasks[type]));

	return first ? hlist_entry(first, struct task_struct, pid_links[type]) : NULL;
}

#endif /* TCORE_PIDS_H */
