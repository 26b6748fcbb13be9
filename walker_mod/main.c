// SPDX-License-Identifier: GPL-2.0
/*
 * walker_mod: writes every process to the kernel log once (log.c), and lists them in
 * /proc/taskmods/tasks (tasks.c), and every thread in /proc/taskmods/threads (threads.c).
 */
#include <linux/init.h>
#include <linux/module.h>

#include "walker.h"

static int __init walker_mod_init(void)
{
	int err;

	err = tcore_check_interface(KBUILD_MODNAME, TCORE_INTERFACE);
	if (err)
		return err;
	err = walker_log_tasks();
	if (err)
		return err;
	err = tcore_file_register(&walker_tasks_file);
	if (err)
		return err;
	err = tcore_file_register(&walker_threads_file);
	if (err)
		goto out_unregister_tasks;
	return 0;

out_unregister_tasks:
	tcore_file_unregister(&walker_tasks_file);
	return err;
}
module_init(walker_mod_init);

static void __exit walker_mod_exit(void)
{
	tcore_file_unregister(&walker_threads_file);
	tcore_file_unregister(&walker_tasks_file);
}
module_exit(walker_mod_exit);

MODULE_DESCRIPTION("Lists every process and thread in /proc/taskmods/tasks and threads");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(TCORE_VERSION);
