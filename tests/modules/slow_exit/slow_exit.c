// SPDX-License-Identifier: GPL-2.0
/* Its exit function sleeps until it is told to go on: parameters can be written that long. */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static DECLARE_COMPLETION(told);

static int set_go(const char *value, const struct kernel_param *param)
{
	complete(&told);
	return 0;
}

static const struct kernel_param_ops go_ops = { .set = set_go };

module_param_cb(go, &go_ops, NULL, 0200);
MODULE_PARM_DESC(go, "lets the exit function go on, whatever is written");

static int __init slow_exit_init(void)
{
	return 0;
}
module_init(slow_exit_init);

static void __exit slow_exit_exit(void)
{
	pr_info("slow_exit: exit waits\n");
	wait_for_completion(&told);
}
module_exit(slow_exit_exit);

MODULE_DESCRIPTION("Sleeps in its exit function");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
