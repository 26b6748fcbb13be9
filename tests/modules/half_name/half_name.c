// SPDX-License-Identifier: GPL-2.0
/*
 * Changes a process's name as the kernel does, but stops when half of it is changed: until go is
 * written to, until somebody waits for the lock, or for ten seconds.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#define HALF (TASK_COMM_LEN / 2)

static bool told;

static int set_go(const char *value, const struct kernel_param *param)
{
	WRITE_ONCE(told, true);
	return 0;
}

static const struct kernel_param_ops go_ops = { .set = set_go };

module_param_cb(go, &go_ops, NULL, 0200);
MODULE_PARM_DESC(go, "lets it change the other half, whatever is written");

static int pid;
module_param(pid, int, 0444);
MODULE_PARM_DESC(pid, "Whose name to change");

static char *name;
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "The name to give it");

static bool lock = true;
module_param(lock, bool, 0444);
MODULE_PARM_DESC(lock, "Hold task_lock() meanwhile, as Linux does up to 6.13 (default: yes)");

static void wait_half_way(struct task_struct *task)
{
	unsigned long end = jiffies + 10 * HZ;

	while (!READ_ONCE(told) && !spin_is_contended(&task->alloc_lock) &&
	       time_before(jiffies, end))
		cpu_relax();
}

static void change_name(struct task_struct *task)
{
	char comm[TASK_COMM_LEN] = "";

	strscpy(comm, name, sizeof(comm));
	memcpy(task->comm, comm, HALF);
	pr_info("%d is half called %s\n", pid, name);
	wait_half_way(task);
	memcpy(task->comm + HALF, comm + HALF, sizeof(comm) - HALF);
}

static void change_name_locked(struct task_struct *task)
{
	task_lock(task);
	change_name(task);
	task_unlock(task);
}

static int __init half_name_init(void)
{
	struct task_struct *task;
	struct pid *number;

	if (!name)
		return -EINVAL;
	number = find_get_pid(pid);
	task = get_pid_task(number, PIDTYPE_TGID);
	put_pid(number);
	if (!task)
		return -ESRCH;
	if (lock)
		change_name_locked(task);
	else
		change_name(task);
	put_task_struct(task);
	return 0;
}
module_init(half_name_init);

static void __exit half_name_exit(void)
{
}
module_exit(half_name_exit);

MODULE_DESCRIPTION("Changes a process's name slowly");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
