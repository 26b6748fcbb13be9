// SPDX-License-Identifier: GPL-2.0
/* Has a licence that is not the GPL, and calls what is exported to the GPL alone. */
#include <linux/module.h>

#include "../core_mod/core_mod.h"

static int __init gpl_only_init(void)
{
	return tcore_check_interface(KBUILD_MODNAME, TCORE_INTERFACE);
}
module_init(gpl_only_init);

static void __exit gpl_only_exit(void)
{
}
module_exit(gpl_only_exit);

MODULE_DESCRIPTION("Proprietary, and calls a GPL-only export");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("Proprietary");
