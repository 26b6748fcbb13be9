// SPDX-License-Identifier: GPL-2.0
/* Its init waits for what never comes. */
#include <linux/completion.h>
#include <linux/module.h>

static DECLARE_COMPLETION(never);

static int __init hangs_init(void)
{
	wait_for_completion(&never);
	return 0;
}
module_init(hangs_init);

static void __exit hangs_exit(void)
{
}
module_exit(hangs_exit);

MODULE_DESCRIPTION("Hangs at load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
