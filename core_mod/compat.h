/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that this builds for: what changed, when, and one name for both
 * sides. Kbuild asks the headers and defines what is TCORE_ here; a version is named only where a
 * header does not tell.
 */
#ifndef TCORE_COMPAT_H
#define TCORE_COMPAT_H

#include <linux/compiler.h>
#include <linux/prefetch.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/version.h>

#if KERNEL_VERSION(5, 10, 0) > LINUX_VERSION_CODE
#error "taskmods needs Linux 5.10 or later"
#endif
#ifndef CONFIG_PROC_FS
#error "taskmods needs a kernel with CONFIG_PROC_FS: all that it shows is in /proc"
#endif

/* 5.17 renamed PDE_DATA() to pde_data(); some have its argument const. */
static inline void *tcore_pde_data(struct inode *inode)
{
#ifdef TCORE_HAS_PDE_DATA
	return pde_data(inode);
#else
	return PDE_DATA(inode);
#endif
}

/* Without CONFIG_SMP there is no on_cpu before 6.17, and whatever runs is the caller. */
static inline bool tcore_on_cpu(struct task_struct *task)
{
#ifdef CONFIG_SMP
	return READ_ONCE(task->on_cpu);
#else
	return task == current;
#endif
}

/*
 * Up to 6.13 a name is changed under task_lock(), and so is whole here; 6.14 took the lock from
 * both sides, and __get_task_comm() away. The last byte is a NUL on all of them, also while it
 * changes. The plain version is get_task_comm(), which costs some 80 instructions more: it looks
 * for the end of the name, and fills up what follows.
 */
static inline void tcore_copy_name(char *name, struct task_struct *task)
{
#ifdef TCORE_NAMES_ARE_LOCKED
	task_lock(task);
	memcpy(name, task->comm, TASK_COMM_LEN);
	task_unlock(task);
#else
	/* What comes of a name that is just being changed is a bit of both. */
	data_race(memcpy(name, task->comm, TASK_COMM_LEN));
#endif
}

/* Where that takes a lock, its cache line will be written to. */
static inline void tcore_prefetch_name_lock(struct task_struct *task)
{
#ifdef TCORE_NAMES_ARE_LOCKED
	prefetchw(&task->alloc_lock);
#endif
}

#endif /* TCORE_COMPAT_H */
