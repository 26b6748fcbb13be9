// SPDX-License-Identifier: GPL-2.0
/* Its init ends the kernel. */
#include <linux/kernel.h>
#include <linux/module.h>

static int __init panics_init(void)
{
	panic("panics: the controller is on fire");
	return 0;
}
module_init(panics_init);

static void __exit panics_exit(void)
{
}
module_exit(panics_exit);

MODULE_DESCRIPTION("Panics at load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
