// SPDX-License-Identifier: GPL-2.0
/* Does nothing; soft_main wants it loaded after itself. */
#include <linux/module.h>

static int __init soft_last_init(void)
{
	return 0;
}
module_init(soft_last_init);

static void __exit soft_last_exit(void)
{
}
module_exit(soft_last_exit);

MODULE_DESCRIPTION("Does nothing, after soft_main");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
