// SPDX-License-Identifier: GPL-2.0
/* Takes a reference on itself in its init function, and gives it back when told to, once. */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static atomic_t pinned = ATOMIC_INIT(1);

static int set_unpin(const char *value, const struct kernel_param *param)
{
	if (!atomic_dec_if_positive(&pinned))
		module_put(THIS_MODULE);
	return 0;
}

static const struct kernel_param_ops unpin_ops = { .set = set_unpin };

module_param_cb(unpin, &unpin_ops, NULL, 0200);
MODULE_PARM_DESC(unpin, "gives the reference back, whatever is written");

static int __init pinned_init(void)
{
	__module_get(THIS_MODULE);
	return 0;
}
module_init(pinned_init);

static void __exit pinned_exit(void)
{
}
module_exit(pinned_exit);

MODULE_DESCRIPTION("Holds a reference on itself from its init on");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
