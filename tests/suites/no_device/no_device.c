// SPDX-License-Identifier: GPL-2.0
/* A driver whose device is not there. */
#include <linux/module.h>

static int __init no_device_init(void)
{
	pr_info("no_device: no such laptop\n");
	return -ENODEV;
}
module_init(no_device_init);

static void __exit no_device_exit(void)
{
}
module_exit(no_device_exit);

MODULE_DESCRIPTION("Drives what is not there");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
