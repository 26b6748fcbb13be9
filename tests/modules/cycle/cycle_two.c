// SPDX-License-Identifier: GPL-2.0
/* Uses a symbol of cycle_one, which uses one of this module: neither can be first. */
#include <linux/module.h>

#include "cycle.h"

int cycle_two(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(cycle_two);

static int __init cycle_two_init(void)
{
	return cycle_one();
}
module_init(cycle_two_init);

static void __exit cycle_two_exit(void)
{
}
module_exit(cycle_two_exit);

MODULE_DESCRIPTION("Half of a cycle of symbols");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
