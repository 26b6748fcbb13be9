// SPDX-License-Identifier: GPL-2.0
/* The fifth link of a chain: needs the fourth. */
#include <linux/module.h>

#include "chain.h"

int chain_5(void)
{
	return chain_4() + 1;
}
EXPORT_SYMBOL_GPL(chain_5);

MODULE_DESCRIPTION("The fifth link of a chain of eight");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
