// SPDX-License-Identifier: GPL-2.0
/* Loses memory at each unload. */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

static void *small, *large;

static int __init leaks_init(void)
{
	small = kmalloc(1000, GFP_KERNEL);
	large = kvmalloc(100 << 10, GFP_KERNEL);
	return small && large ? 0 : -ENOMEM;
}
module_init(leaks_init);

static void __exit leaks_exit(void)
{
	small = NULL;
	large = NULL;
}
module_exit(leaks_exit);

MODULE_DESCRIPTION("Loses what it allocated");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
