// SPDX-License-Identifier: GPL-2.0
/* Goes, while what it needs stays. */
#include <linux/module.h>

void no_exit_help(void);

static int __init no_exit_user_init(void)
{
	no_exit_help();
	return 0;
}
module_init(no_exit_user_init);

static void __exit no_exit_user_exit(void)
{
}
module_exit(no_exit_user_exit);

MODULE_DESCRIPTION("Needs what cannot be unloaded");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
