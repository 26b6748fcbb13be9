// SPDX-License-Identifier: GPL-2.0
/* Has an init and no exit: it stays until the next boot, and that is no failure. */
#include <linux/module.h>

void no_exit_help(void)
{
}
EXPORT_SYMBOL_GPL(no_exit_help);

static int __init no_exit_init(void)
{
	return 0;
}
module_init(no_exit_init);

MODULE_DESCRIPTION("Cannot be unloaded");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
