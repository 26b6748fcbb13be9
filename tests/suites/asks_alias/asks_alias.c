// SPDX-License-Identifier: GPL-2.0
/* Asks by an alias for another of its suite, and has that in use: modprobe -r does not know. */
#include <linux/kmod.h>
#include <linux/module.h>

int asks_alias_number(void);

static int __init asks_alias_init(void)
{
	int error = request_module("asks-alias-number");

	if (error)
		return error > 0 ? -ENOENT : error;
	return symbol_get(asks_alias_number) ? 0 : -ENOENT;
}
module_init(asks_alias_init);

static void __exit asks_alias_exit(void)
{
	symbol_put(asks_alias_number);
}
module_exit(asks_alias_exit);

MODULE_DESCRIPTION("Uses another by its alias");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
