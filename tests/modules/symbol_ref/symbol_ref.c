// SPDX-License-Identifier: GPL-2.0
/* Looks a symbol of core_mod's up while it runs, and gives it back, when told to. */
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
		__symbol_put("tcore_count");
	else if (!__symbol_get("tcore_count"))
		return -ENOENT;
	held = hold;
	return 0;
}

static const struct kernel_param_ops hold_ops = { .set = set_hold };

module_param_cb(hold, &hold_ops, NULL, 0200);
MODULE_PARM_DESC(hold, "whether it holds tcore_count of core_mod (default: no)");

static int __init symbol_ref_init(void)
{
	return 0;
}
module_init(symbol_ref_init);

static void __exit symbol_ref_exit(void)
{
}
module_exit(symbol_ref_exit);

MODULE_DESCRIPTION("Holds a symbol by symbol_get()");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
