// SPDX-License-Identifier: GPL-2.0
/* The old way: init and exit are found by their names, without module_init() and module_exit(). */
#include <linux/module.h>
#include <linux/printk.h>

int __init init_module(void)
{
	pr_info("init_by_name: hello\n");
	return 0;
}

void __exit cleanup_module(void)
{
	pr_info("init_by_name: goodbye\n");
}

MODULE_DESCRIPTION("Has init_module() and cleanup_module() by name");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
