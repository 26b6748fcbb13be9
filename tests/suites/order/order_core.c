// SPDX-License-Identifier: GPL-2.0
/* Is needed by what comes before it in modules.order: that is no order to load in. */
#include <linux/module.h>

int order_core_number(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(order_core_number);

static int __init order_core_init(void)
{
	return 0;
}
module_init(order_core_init);

static void __exit order_core_exit(void)
{
}
module_exit(order_core_exit);

MODULE_DESCRIPTION("Is listed after who needs it");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
