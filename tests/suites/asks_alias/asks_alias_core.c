// SPDX-License-Identifier: GPL-2.0
/* Is needed by what an alias stands for. */
#include <linux/module.h>

int asks_alias_core(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(asks_alias_core);

static int __init asks_alias_core_init(void)
{
	return 0;
}
module_init(asks_alias_core_init);

static void __exit asks_alias_core_exit(void)
{
}
module_exit(asks_alias_core_exit);

MODULE_DESCRIPTION("Is needed by another");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
