// SPDX-License-Identifier: GPL-2.0
/* Loads, with a warning. */
#include <linux/module.h>

static int __init warns_init(void)
{
	WARN(1, "warns: registered a cache whose size makes no sense\n");
	return 0;
}
module_init(warns_init);

static void __exit warns_exit(void)
{
}
module_exit(warns_exit);

MODULE_DESCRIPTION("Warns at load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
