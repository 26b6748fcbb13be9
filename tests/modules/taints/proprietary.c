// SPDX-License-Identifier: GPL-2.0
/* Has a licence that the kernel does not count as free. */
#include <linux/module.h>

static int __init proprietary_init(void)
{
	return 0;
}
module_init(proprietary_init);

static void __exit proprietary_exit(void)
{
}
module_exit(proprietary_exit);

MODULE_DESCRIPTION("Taints the kernel with P");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("Proprietary");
