// SPDX-License-Identifier: GPL-2.0
/* Is asked for by its alias, and needs another. */
#include <linux/module.h>

int asks_alias_core(void);

int asks_alias_number(void)
{
	return asks_alias_core();
}
EXPORT_SYMBOL_GPL(asks_alias_number);

static int __init asks_alias_has_init(void)
{
	return 0;
}
module_init(asks_alias_has_init);

static void __exit asks_alias_has_exit(void)
{
}
module_exit(asks_alias_has_exit);

MODULE_ALIAS("asks-alias-number");
MODULE_DESCRIPTION("Has an alias");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
