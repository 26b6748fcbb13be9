// SPDX-License-Identifier: GPL-2.0
/*
 * core_mod's walk with a lock for each name, as kernels for several processors take it up to 6.13.
 * This one is for a single processor, where a lock is nothing. Here it is an atomic addition of
 * nothing to a field that lies where the lock does: it costs what taking a free lock does.
 */
#include <linux/export.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "native.h"

static inline void native_lock(struct task_struct *task)
{
	asm volatile("lock addq $0, %0" : "+m" (task->self_exec_id) : : "memory");
}

#define task_lock(task)		native_lock(task)
#define task_unlock(task)	barrier()
#define tcore_walk		native_walk_locked
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(name)

#include <walk.c>
