/* SPDX-License-Identifier: GPL-2.0 */
/* The one place that names a kernel version: what changed, when, and one name for both sides. */
#ifndef TCORE_COMPAT_H
#define TCORE_COMPAT_H

#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/version.h>

#if KERNEL_VERSION(5, 10, 0) > LINUX_VERSION_CODE
#error "taskmods needs Linux 5.10 or later"
#endif

/* 5.17 renamed PDE_DATA() to pde_data(). */
static inline void *tcore_pde_data(const struct inode *inode)
{
#if KERNEL_VERSION(5, 17, 0) > LINUX_VERSION_CODE
	return PDE_DATA(inode);
#else
	return pde_data(inode);
#endif
}

/* On a kernel for one processor, which up to 7.x has no on_cpu, the running task is the caller. */
static inline bool tcore_on_cpu(struct task_struct *task)
{
#ifdef CONFIG_SMP
	return READ_ONCE(task->on_cpu);
#else
	return task == current;
#endif
}

#endif /* TCORE_COMPAT_H */
