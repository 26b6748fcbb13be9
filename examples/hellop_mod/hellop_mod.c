// SPDX-License-Identifier: GPL-2.0
/* Says hello to whom, howmany times: two parameters, which can be read in sysfs. */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

#define MOST 100

static unsigned int howmany = 1;
module_param(howmany, uint, 0444);
MODULE_PARM_DESC(howmany, "How many times to say hello, at most 100 (default: 1)");

static char *whom = "world";
module_param(whom, charp, 0444);
MODULE_PARM_DESC(whom, "Whom to greet (default: world)");

/* The kernel checks that howmany is a number; only the module knows which numbers make sense. */
static int __init hellop_mod_init(void)
{
	unsigned int i;

	if (howmany > MOST) {
		pr_err("hellop_mod: howmany is %u, more than %d\n", howmany, MOST);
		return -EINVAL;
	}
	for (i = 0; i < howmany; i++)
		pr_info("hellop_mod: hello, %s\n", whom);
	return 0;
}
module_init(hellop_mod_init);

static void __exit hellop_mod_exit(void)
{
	pr_info("hellop_mod: goodbye, %s\n", whom);
}
module_exit(hellop_mod_exit);

MODULE_DESCRIPTION("Says hello to whom, howmany times");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
