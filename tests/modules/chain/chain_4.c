// SPDX-License-Identifier: GPL-2.0
/* The fourth link of a chain: needs the third. */
#include <linux/module.h>

#include "chain.h"

int chain_4(void)
{
	return chain_3() + 1;
}
EXPORT_SYMBOL_GPL(chain_4);

MODULE_DESCRIPTION("The fourth link of a chain of eight");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
