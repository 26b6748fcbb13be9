// SPDX-License-Identifier: GPL-2.0
/* The top of a chain of three, of which modprobe -r leaves the last, since kmod 30. */
#include <linux/module.h>

int order_user_number(void);

static int __init order_top_init(void)
{
	return order_user_number();
}
module_init(order_top_init);

static void __exit order_top_exit(void)
{
}
module_exit(order_top_exit);

MODULE_DESCRIPTION("Needs what needs another");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
