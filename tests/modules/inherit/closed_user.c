// SPDX-License-Identifier: GPL-2.0
/* Is under the GPL, and calls what a proprietary module exports. */
#include <linux/module.h>

#include "inherit.h"

static int __init closed_user_init(void)
{
	return proprietary_zero();
}
module_init(closed_user_init);

static void __exit closed_user_exit(void)
{
}
module_exit(closed_user_exit);

MODULE_DESCRIPTION("Calls what a proprietary module exports");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
