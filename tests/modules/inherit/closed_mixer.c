// SPDX-License-Identifier: GPL-2.0
/* Is under the GPL, and calls a GPL-only export of the kernel's and one of a proprietary module. */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "inherit.h"

static int __init closed_mixer_init(void)
{
	synchronize_rcu();
	return proprietary_zero();
}
module_init(closed_mixer_init);

static void __exit closed_mixer_exit(void)
{
}
module_exit(closed_mixer_exit);

MODULE_DESCRIPTION("Calls a GPL-only export and one of a proprietary module");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
