// SPDX-License-Identifier: GPL-2.0
/*
 * Who writes to /proc/mm_stuck holds the lock of its memory map in state D, until somebody reads
 * that file.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

static DECLARE_COMPLETION(release);

static ssize_t hold(struct file *file, const char __user *buffer, size_t size, loff_t *pos)
{
	down_write(&current->mm->mmap_lock);
	pr_info("held by %d\n", task_pid_nr(current));
	wait_for_completion(&release);
	up_write(&current->mm->mmap_lock);
	return size;
}

static ssize_t let_go(struct file *file, char __user *buffer, size_t size, loff_t *pos)
{
	complete(&release);
	return 0;
}

static const struct proc_ops ops = {
	.proc_write = hold,
	.proc_read = let_go,
};

static int __init mm_stuck_init(void)
{
	return proc_create("mm_stuck", 0600, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(mm_stuck_init);

static void __exit mm_stuck_exit(void)
{
	remove_proc_entry("mm_stuck", NULL);
}
module_exit(mm_stuck_exit);

MODULE_DESCRIPTION("Holds a task's memory map locked in state D");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
