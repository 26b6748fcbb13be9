// SPDX-License-Identifier: GPL-2.0
/* Does nothing; the other two need it. */
#include <linux/module.h>

#include "empty.h"

void empty_core(void)
{
}
EXPORT_SYMBOL_GPL(empty_core);

MODULE_DESCRIPTION("Does nothing, for two others");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
