// SPDX-License-Identifier: GPL-2.0
/* The smallest module: a line in the kernel log when it comes, another when it goes. */
#include <linux/module.h>
#include <linux/printk.h>

static int __init hello_mod_init(void)
{
	pr_info("hello_mod: hello\n");
	return 0;
}
module_init(hello_mod_init);

static void __exit hello_mod_exit(void)
{
	pr_info("hello_mod: goodbye\n");
}
module_exit(hello_mod_exit);

MODULE_DESCRIPTION("Says hello and goodbye");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
