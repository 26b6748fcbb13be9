// SPDX-License-Identifier: GPL-2.0
/* Warns at load, as a kernel does that found something wrong with itself. */
#include <linux/bug.h>
#include <linux/module.h>

static int __init warn_init(void)
{
	WARN(1, "told to warn\n");
	return 0;
}
module_init(warn_init);

static void __exit warn_exit(void)
{
}
module_exit(warn_exit);

MODULE_DESCRIPTION("Warns at load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
