// SPDX-License-Identifier: GPL-2.0
/* Says that it is from the staging directory, which kbuild says of modules there. */
#include <linux/module.h>

static int __init staging_init(void)
{
	return 0;
}
module_init(staging_init);

static void __exit staging_exit(void)
{
}
module_exit(staging_exit);

MODULE_DESCRIPTION("Taints the kernel with C");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
MODULE_INFO(staging, "Y");
