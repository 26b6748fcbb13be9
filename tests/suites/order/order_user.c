// SPDX-License-Identifier: GPL-2.0
/* Comes in modules.order before what it needs. */
#include <linux/module.h>

int order_core_number(void);

int order_user_number(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(order_user_number);

static int __init order_user_init(void)
{
	return order_core_number();
}
module_init(order_user_init);

static void __exit order_user_exit(void)
{
}
module_exit(order_user_exit);

MODULE_DESCRIPTION("Is listed before what it needs");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
