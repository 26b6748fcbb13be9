// SPDX-License-Identifier: GPL-2.0
/*
 * Holds a program as it calls a function one argument of which points into a parent's task_struct,
 * once, until that parent is reaped, or for ten seconds. To read held waits until it is held.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/completion.h>
#include <linux/ftrace.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>

static char *who;
module_param(who, charp, 0444);
MODULE_PARM_DESC(who, "The program's name");

static char *at;
module_param(at, charp, 0444);
MODULE_PARM_DESC(at, "The function");

static uint argument;
module_param(argument, uint, 0444);
MODULE_PARM_DESC(argument, "Which of its arguments, counted from 0 (default: 0)");

static int parent;
module_param(parent, int, 0444);
MODULE_PARM_DESC(parent, "The parent's pid");

static DECLARE_COMPLETION(held);
static struct task_struct *task;
static unsigned long once;

static int get_held(char *buffer, const struct kernel_param *param)
{
	int err = wait_for_completion_interruptible(&held);

	return err ? err : sprintf(buffer, "held\n");
}

static const struct kernel_param_ops held_ops = { .get = get_held };

module_param_cb(held, &held_ops, NULL, 0400);
MODULE_PARM_DESC(held, "can be read once the program is held");

/* Where the kernel's own function for that is not for modules, what it does. */
static unsigned long argument_in(struct pt_regs *regs)
{
#ifdef CONFIG_S390
	return regs->gprs[2 + argument];
#else
	return regs_get_kernel_argument(regs, argument);
#endif
}

static bool has_the_parent(struct pt_regs *regs)
{
	return argument_in(regs) - (unsigned long)task < sizeof(*task);
}

static int hold(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long end = jiffies + 10 * HZ;

	if (strcmp(current->comm, who) || !has_the_parent(regs) || test_and_set_bit(0, &once))
		return 0;
	complete(&held);
	while (pid_alive(task) && time_before(jiffies, end))
		cpu_relax();
	pr_info("held %s until %d was %s\n", current->comm, parent,
		pid_alive(task) ? "not even killed" : "reaped");
	return 0;
}

/*
 * On riscv Linux cannot probe where its function tracer puts a call. After that the arguments are
 * still where they were.
 */
static struct kprobe probe = {
	.pre_handler = hold,
#if defined(CONFIG_RISCV) && defined(CONFIG_DYNAMIC_FTRACE)
	.offset = MCOUNT_INSN_SIZE,
#endif
};

static int __init hold_at_init(void)
{
	struct pid *number = find_get_pid(parent);
	int err;

	task = get_pid_task(number, PIDTYPE_TGID);
	put_pid(number);
	if (!task || !who)
		return -EINVAL;
	probe.symbol_name = at;
	err = register_kprobe(&probe);
	if (err)
		put_task_struct(task);
	return err;
}
module_init(hold_at_init);

static void __exit hold_at_exit(void)
{
	unregister_kprobe(&probe);
	put_task_struct(task);
}
module_exit(hold_at_exit);

MODULE_DESCRIPTION("Holds who looks at a parent until that is reaped");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
