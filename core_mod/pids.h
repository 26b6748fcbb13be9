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
 * @end: where that part ends
 * @nodes: how many more nodes this section may look at
 * @more: whether there may be more pids after those
 *
 * All in one section, and a slot may be empty:
 *
 *	for (slot = tcore_pids_first(&pids, ns, pos); slot; slot = tcore_pids_next(&pids, slot))
 *		if ((pid = rcu_dereference_raw(*slot)))
 *			...
 *	pos = tcore_pids_nr(&pids, slot);
 */
struct tcore_pids {
	struct pid_namespace *ns;
	struct radix_tree_iter node;
	void __rcu **end;
	unsigned int nodes;
	bool more;
};

void __rcu **tcore_pids_first(struct tcore_pids *pids, struct pid_namespace *ns, pid_t pos);
void __rcu **tcore_pids_next_node(struct tcore_pids *pids);

/* The next slot, or NULL at the end of the section. */
static inline void __rcu **tcore_pids_next(struct tcore_pids *pids, void __rcu **slot)
{
	return ++slot < pids->end ? slot : tcore_pids_next_node(pids);
}

/* The number of the pid in a slot; at the end of the section, where to go on. */
static inline pid_t tcore_pids_nr(const struct tcore_pids *pids, void __rcu **slot)
{
	return pids->node.next_index - (slot ? pids->end - slot : 0);
}

/* As pid_task(), without a call; false where there is no task. */
static inline bool tcore_pid_task(struct pid *pid, enum pid_type type, struct task_struct **task)
{
	struct hlist_node *first = rcu_dereference_raw(hlist_first_rcu(&pid->tasks[type]));

	if (!first)
		return false;
	*task = hlist_entry(first, struct task_struct, pid_links[type]);
	return true;
}

#endif /* TCORE_PIDS_H */
