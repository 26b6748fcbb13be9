// SPDX-License-Identifier: GPL-2.0
/* Nothing is wrong with this one: it is tried whatever the other does. */
#include <linux/module.h>

static int __init panics_not_init(void)
{
	return 0;
}
module_init(panics_not_init);

static void __exit panics_not_exit(void)
{
}
module_exit(panics_not_exit);

MODULE_DESCRIPTION("Does nothing, and does it well");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
