// SPDX-License-Identifier: GPL-2.0
/*
 * Going through the pids of a namespace. The plain version asks the kernel for each of them:
 *
 *	while ((pid = idr_get_next(&ns->idr, &nr)))
 *		look_at(pid, nr++);
 *
 * That searches from the root of the tree each time. Here the tree is searched once for each of
 * its nodes, which hold 64 pids, as idr_for_each() in lib/idr.c does it. The plain version
 * costs some 200 instructions more for each pid, where a report takes 39 in all.
 *
 * Should ns->idr become another kind of tree, then find_ge_pid() is left, which modules can have
 * from 6.1 on, or idr_get_next().
 */
#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/radix-tree.h>

#include "pids.h"

/*
 * The cursor is a number, not a task: between two RCU sections any task may go away, and the next
 * section begins at the lowest pid from the cursor on, whoever has it. So a task that lives through
 * all of them with its number is met exactly once, and no reference is held between them.
 */
void __rcu **tcore_pids_first(struct tcore_pids *pids, struct pid_namespace *ns, pid_t pos)
{
	pids->ns = ns;
	radix_tree_iter_init(&pids->node, pos);
	pids->nodes = TCORE_NODES_PER_RCU;
	pids->more = true;
	return tcore_pids_next_node(pids);
}

/*
 * There is no RADIX_TREE_RETRY to look out for in a slot: only radix_tree_shrink() puts one there,
 * and not into the tree of an IDR. An empty slot is NULL, and so is that of a number which was
 * taken but has no struct pid yet.
 */
void __rcu **tcore_pids_next_node(struct tcore_pids *pids)
{
	void __rcu **slot;

	if (!pids->nodes)
		return NULL;
	pids->nodes--;
	slot = radix_tree_next_chunk(&pids->ns->idr.idr_rt, &pids->node, 0);
	if (slot)
		pids->end = slot + radix_tree_chunk_size(&pids->node);
	else
		pids->more = false;
	return slot;
}
