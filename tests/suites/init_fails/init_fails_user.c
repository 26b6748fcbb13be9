// SPDX-License-Identifier: GPL-2.0
/* Needs a module that never loads. */
#include <linux/module.h>

void init_fails_help(void);

static int __init init_fails_user_init(void)
{
	init_fails_help();
	return 0;
}
module_init(init_fails_user_init);

static void __exit init_fails_user_exit(void)
{
}
module_exit(init_fails_user_exit);

MODULE_DESCRIPTION("Needs what never loads");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
