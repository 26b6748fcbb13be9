// SPDX-License-Identifier: GPL-2.0
/* Is loaded once all that was given to RCU to free before has been freed. */
#include <linux/module.h>
#include <linux/rcupdate.h>

static int __init rcu_settle_init(void)
{
	rcu_barrier();
	return 0;
}
module_init(rcu_settle_init);

static void __exit rcu_settle_exit(void)
{
}
module_exit(rcu_settle_exit);

MODULE_DESCRIPTION("Waits for RCU at load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
