// SPDX-License-Identifier: GPL-2.0
/* Asks for a module of the kernel's own by an alias, of which no symbol tells. */
#include <linux/kmod.h>
#include <linux/module.h>

static int __init asks_own_init(void)
{
	return request_module("crypto-ecb") ? -EIO : 0;
}
module_init(asks_own_init);

static void __exit asks_own_exit(void)
{
}
module_exit(asks_own_exit);

MODULE_DESCRIPTION("Does not load without a module of the kernel's own");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
