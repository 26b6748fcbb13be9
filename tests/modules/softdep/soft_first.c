// SPDX-License-Identifier: GPL-2.0
/* Does nothing; soft_main wants it loaded before itself. */
#include <linux/module.h>

static int __init soft_first_init(void)
{
	return 0;
}
module_init(soft_first_init);

static void __exit soft_first_exit(void)
{
}
module_exit(soft_first_exit);

MODULE_DESCRIPTION("Does nothing, before soft_main");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
