// SPDX-License-Identifier: GPL-2.0
/* The top of a diamond: needs both sides. */
#include <linux/module.h>

#include "diamond.h"

int diamond_top(void)
{
	int left = diamond_left();

	return left + diamond_right();
}
EXPORT_SYMBOL_GPL(diamond_top);

MODULE_DESCRIPTION("The top of a diamond");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
