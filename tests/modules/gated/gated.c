// SPDX-License-Identifier: GPL-2.0
/* Its init and its exit wait at a gate, which a write to the parameter "open" opens for one. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

#include "gated.h"

static DECLARE_COMPLETION(gate);

static int open_gate(const char *val, const struct kernel_param *kp)
{
	complete(&gate);
	return 0;
}

static const struct kernel_param_ops open_ops = {
	.set = open_gate,
};
module_param_cb(open, &open_ops, NULL, 0200);
MODULE_PARM_DESC(open, "Lets one pass: init, or later exit");

int gated_value(void)
{
	return 1;
}
EXPORT_SYMBOL_GPL(gated_value);

static int __init gated_init(void)
{
	pr_info("init waits\n");
	return wait_for_completion_killable(&gate);
}
module_init(gated_init);

static void __exit gated_exit(void)
{
	pr_info("exit waits\n");
	wait_for_completion(&gate);
}
module_exit(gated_exit);

MODULE_DESCRIPTION("Waits in init and in exit until told to go on");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
