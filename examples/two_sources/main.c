// SPDX-License-Identifier: GPL-2.0
/* One of the module's two sources: the one with its init, exit and metadata. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

#include "greeting.h"

static int __init two_sources_init(void)
{
	pr_info("%s\n", greeting());
	return 0;
}
module_init(two_sources_init);

static void __exit two_sources_exit(void)
{
	pr_info("goodbye\n");
}
module_exit(two_sources_exit);

MODULE_DESCRIPTION("A module made of two sources");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
