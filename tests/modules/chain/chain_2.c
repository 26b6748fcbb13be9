// SPDX-License-Identifier: GPL-2.0
/* The second link of a chain: needs the first. */
#include <linux/module.h>

#include "chain.h"

int chain_2(void)
{
	return chain_1() + 1;
}
EXPORT_SYMBOL_GPL(chain_2);

MODULE_DESCRIPTION("The second link of a chain of eight");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
