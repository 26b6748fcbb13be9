// SPDX-License-Identifier: GPL-2.0
/* Exports a symbol to the modules that it names. */
#include <linux/module.h>

#include "for_modules.h"

int for_zero(void)
{
	return 0;
}
EXPORT_SYMBOL_FOR_MODULES(for_zero, "for_friend,for_nobody");

MODULE_DESCRIPTION("Exports to modules that it names");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
