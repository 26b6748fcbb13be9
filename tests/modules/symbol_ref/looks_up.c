// SPDX-License-Identifier: GPL-2.0
/* Looks up any symbol by its name while it runs, and gives back what it holds by the address. */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

static void *held;

static void give_back(void)
{
	if (held)
		symbol_put_addr(held);
	held = NULL;
}

static int set_symbol(const char *value, const struct kernel_param *param)
{
	char name[64];

	if (strscpy(name, value, sizeof(name)) < 0)
		return -ENAMETOOLONG;

	give_back();
	held = __symbol_get(strim(name));
	return held || !*strim(name) ? 0 : -ENOENT;
}

static const struct kernel_param_ops symbol_ops = { .set = set_symbol };

module_param_cb(symbol, &symbol_ops, NULL, 0200);
MODULE_PARM_DESC(symbol, "the function to hold; empty: none (default)");

static int __init looks_up_init(void)
{
	return 0;
}
module_init(looks_up_init);

static void __exit looks_up_exit(void)
{
	give_back();
}
module_exit(looks_up_exit);

MODULE_DESCRIPTION("Holds a function that it looks up by name");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
