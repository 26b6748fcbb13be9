// SPDX-License-Identifier: GPL-2.0
/* The last link of a chain: needs the seventh. */
#include <linux/module.h>

#include "chain.h"

int chain_8(void)
{
	return chain_7() + 1;
}
EXPORT_SYMBOL_GPL(chain_8);

MODULE_DESCRIPTION("The last link of a chain of eight");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
