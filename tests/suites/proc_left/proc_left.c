// SPDX-License-Identifier: GPL-2.0
/* Leaves one of its two files in /proc. */
#include <linux/module.h>
#include <linux/proc_fs.h>

static int __init proc_left_init(void)
{
	if (!proc_mkdir("proc_left", NULL) || !proc_mkdir("proc_left_too", NULL))
		return -ENOMEM;
	return 0;
}
module_init(proc_left_init);

static void __exit proc_left_exit(void)
{
	remove_proc_entry("proc_left", NULL);
}
module_exit(proc_left_exit);

MODULE_DESCRIPTION("Leaves a file in /proc");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
