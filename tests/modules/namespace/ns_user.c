// SPDX-License-Identifier: GPL-2.0
/* Calls what is exported into a namespace, and does not import that. */
#include <linux/module.h>

#include "namespace.h"

static int __init ns_user_init(void)
{
	return ns_zero();
}
module_init(ns_user_init);

static void __exit ns_user_exit(void)
{
}
module_exit(ns_user_exit);

MODULE_DESCRIPTION("Calls an export of a namespace that it does not import");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
