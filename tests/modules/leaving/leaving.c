// SPDX-License-Identifier: GPL-2.0
/* Has a file in /proc/taskmods that it opens itself, as any process might, while it is unloaded. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "core_mod.h"

static void *no_start(struct seq_file *m, loff_t *pos)
{
	return NULL;
}

static void *no_next(struct seq_file *m, void *v, loff_t *pos)
{
	return NULL;
}

static void no_stop(struct seq_file *m, void *v)
{
}

static int no_show(struct seq_file *m, void *v)
{
	return 0;
}

static const struct seq_operations empty_ops = {
	.start = no_start,
	.next = no_next,
	.stop = no_stop,
	.show = no_show,
};

static const struct tcore_file leaving_file = {
	.name = "leaving",
	.owner = THIS_MODULE,
	.ops = &empty_ops,
};

static void try_open(const char *when)
{
	struct file *file = filp_open("/proc/taskmods/leaving", O_RDONLY, 0);

	pr_info("open %s: %d\n", when, PTR_ERR_OR_ZERO(file));
	if (!IS_ERR(file))
		filp_close(file, NULL);
}

static int __init leaving_init(void)
{
	return tcore_file_register(&leaving_file);
}
module_init(leaving_init);

static void __exit leaving_exit(void)
{
	try_open("while it leaves");
	tcore_file_unregister(&leaving_file);
	try_open("once it has left");
}
module_exit(leaving_exit);

MODULE_DESCRIPTION("Opens its own file while it is unloaded");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
