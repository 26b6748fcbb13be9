// SPDX-License-Identifier: GPL-2.0
/* The first link of a chain: needs nothing. */
#include <linux/module.h>

#include "chain.h"

int chain_1(void)
{
	return 1;
}
EXPORT_SYMBOL_GPL(chain_1);

MODULE_DESCRIPTION("The first link of a chain of eight");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
