/* SPDX-License-Identifier: GPL-2.0 */
/* Going through the pids of a namespace in their order, so many at a time. */
#ifndef TCORE_PIDS_H
#define TCORE_PIDS_H

#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/radix-tree.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

/* An RCU read-side section looks at so many nodes of the tree that holds a namespace's pids, ... */
#define TCORE_NODES_PER_RCU 2
/* ... and so at no more pids than these. */
#define TCORE_PIDS_PER_RCU (TCORE_NODES_PER_RCU * RADIX_TREE_MAP_SIZE)

/* What is called for each pid; returns whether to go on to the next one. */
typedef bool (*tcore_visit_t)(struct pid *pid, pid_t nr, void *data);

/* As pid_task(), without a call; false where there is no task. */
static __always_inline bool tcore_pid_task(struct pid *pid, enum pid_type type,
					   struct task_struct **task)
{
	struct hlist_node *first = rcu_dereference_raw(hlist_first_rcu(&pid->tasks[type]));

	if (!first)
		return false;
	*task = hlist_entry(first, struct task_struct, pid_links[type]);
	return true;
}

/* The pids of one node; sets iter->next_index to where to go on. */
static __always_inline bool tcore_visit_node(void __rcu **slot, struct radix_tree_iter *iter,
					     tcore_visit_t visit, void *data)
{
	void __rcu **first = slot, **end = slot + radix_tree_chunk_size(iter);

	for (; slot < end; slot++) {
		struct pid *pid = radix_tree_deref_slot(slot);

		if (!pid)
			continue;
		/* The tree is changing its height: search for this one again. */
		if (radix_tree_exception(pid)) {
			iter->next_index = iter->index + (slot - first);
			return true;
		}
		if (!visit(pid, iter->index + (slot - first), data)) {
			iter->next_index = iter->index + (slot - first) + 1;
			return false;
		}
	}
	return true;
}

/*
 * One RCU read-side section: calls @visit for each pid from *@pos on, until it returns false. Sets
 * *@pos to where the next section begins; returns false at the end of the namespace.
 *
 * The cursor is a number, not a task: between two sections any task may go away, and the next one
 * begins at the lowest pid from the cursor on, whoever has it. So a task that lives through all of
 * them with its number is met exactly once, and no reference is held between them.
 *
 * idr_get_next() would find the same pids, but searches from the root for each of them.
 */
static __always_inline bool tcore_visit_pids(struct pid_namespace *ns, pid_t *pos,
					     tcore_visit_t visit, void *data)
{
	unsigned int left = TCORE_NODES_PER_RCU;
	struct radix_tree_iter iter;
	void __rcu **slot;

	rcu_read_lock();
	radix_tree_iter_init(&iter, *pos);
	do {
		slot = radix_tree_next_chunk(&ns->idr.idr_rt, &iter, 0);
	} while (slot && tcore_visit_node(slot, &iter, visit, data) && --left);
	rcu_read_unlock();
	*pos = iter.next_index;
	return slot;
}

#endif /* TCORE_PIDS_H */
