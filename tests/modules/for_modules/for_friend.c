// SPDX-License-Identifier: GPL-2.0
/* Calls what is exported to it by name. */
#include <linux/module.h>

#include "for_modules.h"

static int __init for_friend_init(void)
{
	return for_zero();
}
module_init(for_friend_init);

static void __exit for_friend_exit(void)
{
}
module_exit(for_friend_exit);

MODULE_DESCRIPTION("Calls an export that names it");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
