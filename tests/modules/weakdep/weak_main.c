// SPDX-License-Identifier: GPL-2.0
/* May ask for bare by itself: a weak dependency. Older kernels lack MODULE_WEAKDEP(). */
#include <linux/module.h>

static int __init weak_main_init(void)
{
	return 0;
}
module_init(weak_main_init);

static void __exit weak_main_exit(void)
{
}
module_exit(weak_main_exit);

MODULE_INFO(weakdep, "bare");
MODULE_DESCRIPTION("Has a weak dependency");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
