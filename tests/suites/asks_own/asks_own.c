// SPDX-License-Identifier: GPL-2.0
/*
 * Asks by aliases for a module of its suite, and then for one of the kernel's own, of which no
 * symbol tells. Where that is not there the first one stays loaded all the same.
 */
#include <linux/kmod.h>
#include <linux/module.h>

static int __init asks_own_init(void)
{
	if (request_module("asks-own-first"))
		return -ENOENT;
	return request_module("crypto-wp512") ? -EIO : 0;
}
module_init(asks_own_init);

static void __exit asks_own_exit(void)
{
}
module_exit(asks_own_exit);

MODULE_DESCRIPTION("Does not load without a module of the kernel's own");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
