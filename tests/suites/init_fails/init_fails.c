// SPDX-License-Identifier: GPL-2.0
/* Builds, and its init always fails: what it asks the kernel for is not there any more. */
#include <linux/module.h>

void init_fails_help(void)
{
}
EXPORT_SYMBOL_GPL(init_fails_help);

static int __init init_fails_init(void)
{
	pr_err("init_fails: cannot find the function that it hooks\n");
	return -EINVAL;
}
module_init(init_fails_init);

static void __exit init_fails_exit(void)
{
}
module_exit(init_fails_exit);

MODULE_DESCRIPTION("Never loads");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
