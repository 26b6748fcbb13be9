// SPDX-License-Identifier: GPL-2.0
/* Needs a symbol of a module that takes its time to load. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

#include "gated.h"

static int __init gated_user_init(void)
{
	pr_info("init, the value is %d\n", gated_value());
	return 0;
}
module_init(gated_user_init);

static void __exit gated_user_exit(void)
{
}
module_exit(gated_user_exit);

MODULE_DESCRIPTION("Needs a module that is slow to load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
