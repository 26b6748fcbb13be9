// SPDX-License-Identifier: GPL-2.0
/*
 * Is loaded once all that was given to RCU to free before has been freed, and
 * what modules needed for their init functions, which the kernel's work frees.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

static int __init rcu_settle_init(void)
{
	/* That nobody should flush it is said of what a kernel does itself. */
	struct workqueue_struct *queue = READ_ONCE(QUEUE);

	rcu_barrier();
	flush_workqueue(queue);
	return 0;
}
module_init(rcu_settle_init);

static void __exit rcu_settle_exit(void)
{
}
module_exit(rcu_settle_exit);

MODULE_DESCRIPTION("Waits at load for RCU and for the kernel's work");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
