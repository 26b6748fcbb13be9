// SPDX-License-Identifier: GPL-2.0
/* Is asked for by its alias. */
#include <linux/module.h>

static int __init asks_own_first_init(void)
{
	return 0;
}
module_init(asks_own_first_init);

static void __exit asks_own_first_exit(void)
{
}
module_exit(asks_own_first_exit);

MODULE_ALIAS("asks-own-first");
MODULE_DESCRIPTION("Is asked for first");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
