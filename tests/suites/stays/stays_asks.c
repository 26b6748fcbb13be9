// SPDX-License-Identifier: GPL-2.0
/* Has another module of the suite loaded, which nothing then unloads. */
#include <linux/kmod.h>
#include <linux/module.h>

static int __init stays_asks_init(void)
{
	return request_module("stays_asked");
}
module_init(stays_asks_init);

static void __exit stays_asks_exit(void)
{
}
module_exit(stays_asks_exit);

MODULE_DESCRIPTION("Has another one loaded");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
