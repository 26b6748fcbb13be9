// SPDX-License-Identifier: GPL-2.0
/* Takes a reference to itself, and never gives it back. */
#include <linux/module.h>

static int __init held_for_ever_init(void)
{
	__module_get(THIS_MODULE);
	return 0;
}
module_init(held_for_ever_init);

static void __exit held_for_ever_exit(void)
{
}
module_exit(held_for_ever_exit);

MODULE_DESCRIPTION("Has one reference for ever");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
