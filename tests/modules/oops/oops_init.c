// SPDX-License-Identifier: GPL-2.0
/* Writes through a null pointer at load: there are processors that can read there. */
#include <linux/compiler.h>
#include <linux/module.h>

static int *nowhere;

static int __init oops_init_init(void)
{
	WRITE_ONCE(*READ_ONCE(nowhere), 1);
	return 0;
}
module_init(oops_init_init);

static void __exit oops_init_exit(void)
{
}
module_exit(oops_init_exit);

MODULE_DESCRIPTION("Oopses at load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
