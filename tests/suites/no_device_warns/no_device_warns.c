// SPDX-License-Identifier: GPL-2.0
/* Finds no device, which is no excuse for its warning. */
#include <linux/module.h>

static int __init no_device_warns_init(void)
{
	WARN(1, "no_device_warns: looks for its device where none can be\n");
	return -ENODEV;
}
module_init(no_device_warns_init);

static void __exit no_device_warns_exit(void)
{
}
module_exit(no_device_warns_exit);

MODULE_DESCRIPTION("Finds no device, and warns");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
