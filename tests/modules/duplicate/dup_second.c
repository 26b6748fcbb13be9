// SPDX-License-Identifier: GPL-2.0
/* Exports a symbol whose name another module exports too. */
#include <linux/module.h>
#include <linux/sched.h>

#include "duplicate.h"

int dup_zero(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(dup_zero);

/* The name of the kernel's is looked up; on some processors the compiler adds none by itself. */
static int __init dup_second_init(void)
{
	schedule();
	return 0;
}
module_init(dup_second_init);

static void __exit dup_second_exit(void)
{
}
module_exit(dup_second_exit);

MODULE_DESCRIPTION("Exports what another exports too");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
