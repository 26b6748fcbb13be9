// SPDX-License-Identifier: GPL-2.0
/* A module that uses another: it calls the function that base_mod exports. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

#include "base_mod.h"

static int __init user_mod_init(void)
{
	pr_info("call number %u\n", base_next());
	return 0;
}
module_init(user_mod_init);

static void __exit user_mod_exit(void)
{
	pr_info("goodbye\n");
}
module_exit(user_mod_exit);

MODULE_DESCRIPTION("A module that calls a function of another module");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
