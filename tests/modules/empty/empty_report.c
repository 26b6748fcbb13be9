// SPDX-License-Identifier: GPL-2.0
/* Does nothing, but needs empty_core. */
#include <linux/module.h>

#include "empty.h"

void empty_report(void)
{
	empty_core();
}
EXPORT_SYMBOL_GPL(empty_report);

static int __init empty_report_init(void)
{
	empty_report();
	return 0;
}
module_init(empty_report_init);

static void __exit empty_report_exit(void)
{
}
module_exit(empty_report_exit);

MODULE_DESCRIPTION("Does nothing, with empty_core");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
