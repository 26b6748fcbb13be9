// SPDX-License-Identifier: GPL-2.0
/* The seventh link of a chain: needs the sixth. */
#include <linux/module.h>

#include "chain.h"

int chain_7(void)
{
	return chain_6() + 1;
}
EXPORT_SYMBOL_GPL(chain_7);

MODULE_DESCRIPTION("The seventh link of a chain of eight");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
