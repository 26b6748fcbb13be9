// SPDX-License-Identifier: GPL-2.0
/* The third link of a chain: needs the second. */
#include <linux/module.h>

#include "chain.h"

int chain_3(void)
{
	return chain_2() + 1;
}
EXPORT_SYMBOL_GPL(chain_3);

MODULE_DESCRIPTION("The third link of a chain of eight");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
