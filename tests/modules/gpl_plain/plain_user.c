// SPDX-License-Identifier: GPL-2.0
/* Has a licence that is not the GPL, and calls what is exported to any. */
#include <linux/module.h>

#include "gpl_plain.h"

static int __init plain_user_init(void)
{
	return plain_zero();
}
module_init(plain_user_init);

static void __exit plain_user_exit(void)
{
}
module_exit(plain_user_exit);

MODULE_DESCRIPTION("Proprietary, and calls a plain export");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("Proprietary");
