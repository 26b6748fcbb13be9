// SPDX-License-Identifier: GPL-2.0
/* Does not undo what it did, where its second allocation fails. */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

static void *buffer;

static int __init no_unwind_init(void)
{
	if (!proc_mkdir("no_unwind", NULL))
		return -ENOMEM;
	buffer = kmalloc(100, GFP_KERNEL);
	return buffer ? 0 : -ENOMEM;
}
module_init(no_unwind_init);

static void __exit no_unwind_exit(void)
{
	kfree(buffer);
	remove_proc_entry("no_unwind", NULL);
}
module_exit(no_unwind_exit);

MODULE_DESCRIPTION("Leaves a file where its load fails");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
