// SPDX-License-Identifier: GPL-2.0
/* Is told of each module that comes or goes, and can refuse one by its name. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/string.h>

static char *refuse = "";
module_param(refuse, charp, 0444);
MODULE_PARM_DESC(refuse, "the module that must not be loaded (default: none)");

static const char * const states[] = {
	[MODULE_STATE_LIVE] = "live",
	[MODULE_STATE_COMING] = "coming",
	[MODULE_STATE_GOING] = "going",
};

static int told(struct notifier_block *block, unsigned long state, void *data)
{
	struct module *module = data;

	if (module == THIS_MODULE)
		return NOTIFY_DONE;
	if (state == MODULE_STATE_COMING && !strcmp(module->name, refuse))
		return notifier_from_errno(-EACCES);
	pr_info("%s is %s\n", module->name, states[state]);
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = told };

static int __init watches_init(void)
{
	return register_module_notifier(&block);
}
module_init(watches_init);

static void __exit watches_exit(void)
{
	unregister_module_notifier(&block);
}
module_exit(watches_exit);

MODULE_DESCRIPTION("Watches modules come and go");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
