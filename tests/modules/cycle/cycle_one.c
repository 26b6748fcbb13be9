// SPDX-License-Identifier: GPL-2.0
/* Uses a symbol of cycle_two, which uses one of this module: neither can be first. */
#include <linux/module.h>

#include "cycle.h"

int cycle_one(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(cycle_one);

static int __init cycle_one_init(void)
{
	return cycle_two();
}
module_init(cycle_one_init);

static void __exit cycle_one_exit(void)
{
}
module_exit(cycle_one_exit);

MODULE_DESCRIPTION("Half of a cycle of symbols");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
