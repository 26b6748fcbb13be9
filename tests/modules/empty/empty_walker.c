// SPDX-License-Identifier: GPL-2.0
/* Does nothing, but needs empty_core. */
#include <linux/module.h>

#include "empty.h"

void empty_walker(void)
{
	empty_core();
}
EXPORT_SYMBOL_GPL(empty_walker);

static int __init empty_walker_init(void)
{
	empty_walker();
	return 0;
}
module_init(empty_walker_init);

static void __exit empty_walker_exit(void)
{
}
module_exit(empty_walker_exit);

MODULE_DESCRIPTION("Does nothing, with empty_core");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
