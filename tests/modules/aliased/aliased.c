// SPDX-License-Identifier: GPL-2.0
/* Has other names: one in full, and a pattern as those of devices are. */
#include <linux/module.h>

MODULE_ALIAS("taskmods-by-another-name");
MODULE_ALIAS("taskmods:v*");

MODULE_DESCRIPTION("Has aliases");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
