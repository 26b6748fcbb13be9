// SPDX-License-Identifier: GPL-2.0
/* Forgets its device at unload, and takes it for granted at load that there is none. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>

static int __init bug_at_reload_init(void)
{
	BUG_ON(IS_ERR(root_device_register("bug_at_reload")));
	return 0;
}
module_init(bug_at_reload_init);

static void __exit bug_at_reload_exit(void)
{
}
module_exit(bug_at_reload_exit);

MODULE_DESCRIPTION("Loads once");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
