// SPDX-License-Identifier: GPL-2.0
/* Its exit does nothing: what it made stays, and is in the way of the next load. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>

static int __init exit_forgets_init(void)
{
	return PTR_ERR_OR_ZERO(root_device_register("exit_forgets"));
}
module_init(exit_forgets_init);

static void __exit exit_forgets_exit(void)
{
}
module_exit(exit_forgets_exit);

MODULE_DESCRIPTION("Leaves its device behind");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
