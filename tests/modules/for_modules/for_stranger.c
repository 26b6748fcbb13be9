// SPDX-License-Identifier: GPL-2.0
/* Calls what is exported to others by name. */
#include <linux/module.h>

#include "for_modules.h"

static int __init for_stranger_init(void)
{
	return for_zero();
}
module_init(for_stranger_init);

static void __exit for_stranger_exit(void)
{
}
module_exit(for_stranger_exit);

MODULE_DESCRIPTION("Calls an export that does not name it");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
