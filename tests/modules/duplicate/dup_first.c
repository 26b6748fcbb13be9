// SPDX-License-Identifier: GPL-2.0
/* Exports a symbol whose name another module exports too. */
#include <linux/module.h>

#include "duplicate.h"

int dup_zero(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(dup_zero);

static int __init dup_first_init(void)
{
	return 0;
}
module_init(dup_first_init);

static void __exit dup_first_exit(void)
{
}
module_exit(dup_first_exit);

MODULE_DESCRIPTION("Exports what another exports too");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
