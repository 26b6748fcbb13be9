// SPDX-License-Identifier: GPL-2.0
/* Exports a symbol to modules of any licence. */
#include <linux/module.h>

#include "gpl_plain.h"

int plain_zero(void)
{
	return 0;
}
EXPORT_SYMBOL(plain_zero);

MODULE_DESCRIPTION("Exports to any licence");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
