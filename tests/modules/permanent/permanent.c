// SPDX-License-Identifier: GPL-2.0
/* Has an init function but no exit function: nothing could undo what it did. */
#include <linux/module.h>

static int __init permanent_init(void)
{
	return 0;
}
module_init(permanent_init);

MODULE_DESCRIPTION("Cannot be unloaded");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
