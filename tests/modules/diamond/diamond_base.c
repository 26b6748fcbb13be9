// SPDX-License-Identifier: GPL-2.0
/* The base of a diamond: needs nothing. */
#include <linux/module.h>

#include "diamond.h"

int diamond_base(void)
{
	return 1;
}
EXPORT_SYMBOL_GPL(diamond_base);

MODULE_DESCRIPTION("The base of a diamond");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
