// SPDX-License-Identifier: GPL-2.0
/* Has a parameter that takes 1 to 100 only. Older kernels have no function for that. */
#include <linux/module.h>
#include <linux/moduleparam.h>

static int set_percent(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, 1, 100);
}

static const struct kernel_param_ops percent_ops = {
	.set = set_percent,
	.get = param_get_uint,
};

static unsigned int percent = 50;
module_param_cb(percent, &percent_ops, &percent, 0644);
MODULE_PARM_DESC(percent, "1 to 100 (default: 50)");

static int __init ranged_init(void)
{
	return 0;
}
module_init(ranged_init);

static void __exit ranged_exit(void)
{
}
module_exit(ranged_exit);

MODULE_DESCRIPTION("Has a parameter that takes a range");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
