// SPDX-License-Identifier: GPL-2.0
/* Has a licence that is not the GPL, and exports a symbol. */
#include <linux/module.h>

#include "inherit.h"

int proprietary_zero(void)
{
	return 0;
}
EXPORT_SYMBOL(proprietary_zero);

MODULE_DESCRIPTION("Proprietary, and exports a symbol");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("Proprietary");
