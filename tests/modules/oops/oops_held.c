// SPDX-License-Identifier: GPL-2.0
/* Writes through a null pointer when told to, while it holds a reference on itself. */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static int *nowhere;

static int set_oops(const char *value, const struct kernel_param *param)
{
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	WRITE_ONCE(*READ_ONCE(nowhere), 1);
	module_put(THIS_MODULE);
	return 0;
}

static const struct kernel_param_ops oops_ops = { .set = set_oops };

module_param_cb(oops, &oops_ops, NULL, 0200);
MODULE_PARM_DESC(oops, "oopses, whatever is written");

static int __init oops_held_init(void)
{
	return 0;
}
module_init(oops_held_init);

static void __exit oops_held_exit(void)
{
}
module_exit(oops_held_exit);

MODULE_DESCRIPTION("Oopses while a reference on it is held");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
