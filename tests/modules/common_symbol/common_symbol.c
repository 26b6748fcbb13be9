// SPDX-License-Identifier: GPL-2.0
/* Has a global variable without a value. */
#include <linux/module.h>

extern int common_symbol;
int common_symbol;

static int __init common_symbol_init(void)
{
	return READ_ONCE(common_symbol);
}
module_init(common_symbol_init);

static void __exit common_symbol_exit(void)
{
}
module_exit(common_symbol_exit);

MODULE_DESCRIPTION("Has a global variable without a value");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
