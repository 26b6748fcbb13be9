// SPDX-License-Identifier: GPL-2.0
/* Asks for a module from inside the kernel: for the one that is written to the parameter "want". */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

static int ask(const char *val, const struct kernel_param *kp)
{
	char name[MODULE_NAME_LEN];
	char *wanted;

	if (strscpy(name, val, sizeof(name)) < 0)
		return -E2BIG;

	wanted = strim(name);
	pr_info("request_module(%s) = %d\n", wanted, request_module("%s", wanted));
	return 0;
}

static const struct kernel_param_ops want_ops = {
	.set = ask,
};
module_param_cb(want, &want_ops, NULL, 0200);
MODULE_PARM_DESC(want, "The module to ask for");

MODULE_DESCRIPTION("Asks for a module from inside the kernel");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
