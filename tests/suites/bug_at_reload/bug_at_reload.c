// SPDX-License-Identifier: GPL-2.0
/* Never takes its notifier back: once it is unloaded, the next load of any module calls it. */
#include <linux/module.h>
#include <linux/notifier.h>

static int look(struct notifier_block *nb, unsigned long state, void *module)
{
	return NOTIFY_OK;
}

static struct notifier_block nb = { .notifier_call = look };

static int __init bug_at_reload_init(void)
{
	return register_module_notifier(&nb);
}
module_init(bug_at_reload_init);

static void __exit bug_at_reload_exit(void)
{
}
module_exit(bug_at_reload_exit);

MODULE_DESCRIPTION("Leaves a notifier behind");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
