// SPDX-License-Identifier: GPL-2.0
/* Does nothing: it comes and goes. */
#include <linux/module.h>

static int __init bare_init(void)
{
	return 0;
}
module_init(bare_init);

static void __exit bare_exit(void)
{
}
module_exit(bare_exit);

MODULE_DESCRIPTION("Does nothing");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
