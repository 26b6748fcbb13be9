// SPDX-License-Identifier: GPL-2.0
/* The sixth link of a chain: needs the fifth. */
#include <linux/module.h>

#include "chain.h"

int chain_6(void)
{
	return chain_5() + 1;
}
EXPORT_SYMBOL_GPL(chain_6);

MODULE_DESCRIPTION("The sixth link of a chain of eight");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
