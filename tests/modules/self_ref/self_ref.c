// SPDX-License-Identifier: GPL-2.0
/* Takes a reference on itself when told to, and gives it back when told to. */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

static bool held;

static int set_hold(const char *value, const struct kernel_param *param)
{
	bool hold;
	int err = kstrtobool(value, &hold);

	if (err || hold == held)
		return err;
	if (!hold)
		module_put(THIS_MODULE);
	else if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	held = hold;
	return 0;
}

static const struct kernel_param_ops hold_ops = { .set = set_hold };

module_param_cb(hold, &hold_ops, NULL, 0200);
MODULE_PARM_DESC(hold, "whether it holds a reference on itself (default: no)");

static int __init self_ref_init(void)
{
	return 0;
}
module_init(self_ref_init);

static void __exit self_ref_exit(void)
{
}
module_exit(self_ref_exit);

MODULE_DESCRIPTION("Holds a reference on itself");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
