// SPDX-License-Identifier: GPL-2.0
/* Its init writes more than the kernel's log holds. */
#include <linux/module.h>
#include <linux/sched.h>

static int __init floods_init(void)
{
	int i;

	for (i = 0; i < 8000; i++) {
		pr_info("floods: register %d: %0800d\n", i, i);
		cond_resched();
	}
	return 0;
}
module_init(floods_init);

static void __exit floods_exit(void)
{
}
module_exit(floods_exit);

MODULE_DESCRIPTION("Floods the log at load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
