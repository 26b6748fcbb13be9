// SPDX-License-Identifier: GPL-2.0
/* The right side of a diamond: needs the base. */
#include <linux/module.h>

#include "diamond.h"

int diamond_right(void)
{
	return diamond_base() + 2;
}
EXPORT_SYMBOL_GPL(diamond_right);

MODULE_DESCRIPTION("The right side of a diamond");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
