// SPDX-License-Identifier: GPL-2.0
/* The left side of a diamond: needs the base. */
#include <linux/module.h>

#include "diamond.h"

int diamond_left(void)
{
	return diamond_base() + 1;
}
EXPORT_SYMBOL_GPL(diamond_left);

MODULE_DESCRIPTION("The left side of a diamond");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
