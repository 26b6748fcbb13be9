// SPDX-License-Identifier: GPL-2.0
/* Its init returns what it is told to, and first undoes what it did if that is an error. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>

#include "../chain/chain.h"

static int ret;
module_param(ret, int, 0444);
MODULE_PARM_DESC(ret, "What init returns (default: 0)");

static struct proc_dir_entry *dir;

static int __init returns_init(void)
{
	dir = proc_mkdir("returns", NULL);
	if (!dir)
		return -ENOMEM;

	pr_info("%d links before me, init returns %d\n", chain_2(), ret);
	if (ret < 0)
		proc_remove(dir);
	return ret;
}
module_init(returns_init);

static void __exit returns_exit(void)
{
	proc_remove(dir);
}
module_exit(returns_exit);

MODULE_DESCRIPTION("Returns from init what it is told to");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
