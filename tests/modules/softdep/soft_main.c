// SPDX-License-Identifier: GPL-2.0
/* Uses no symbol of the others, yet names them: one to load before it and one after. */
#include <linux/module.h>

static int __init soft_main_init(void)
{
	return 0;
}
module_init(soft_main_init);

static void __exit soft_main_exit(void)
{
}
module_exit(soft_main_exit);

MODULE_SOFTDEP("pre: soft_first post: soft_last");
MODULE_DESCRIPTION("Has soft dependencies");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
