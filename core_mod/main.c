// SPDX-License-Identifier: GPL-2.0
/* core_mod: helpers that walk and count tasks, for other modules. Up, down, and who may use it. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/error-injection.h>
#include <linux/module.h>
#include <linux/printk.h>

#include "compat.h"
#include "core_mod.h"
#include "internal.h"

/**
 * tcore_check_interface - refuse a dependent built for another core_mod
 * @dependent: the calling module's name, for the log
 * @built_for: TCORE_INTERFACE as the dependent was compiled with it
 *
 * With CONFIG_MODVERSIONS the kernel compares the prototypes of exports and refuses what does not
 * fit; without it nothing does. Neither sees that what a function promises has changed. So every
 * dependent calls this before anything else of the core, and fails its init with the error. The
 * prototype of this function never changes.
 *
 * Context: Any.
 * Return: 0, or -ENOEXEC where the two differ; the log then names both.
 */
int tcore_check_interface(const char *dependent, unsigned int built_for)
{
	if (built_for == TCORE_INTERFACE)
		return 0;

	pr_err("%s is built for core interface %u, core_mod %s has %u: rebuild the older\n",
	       dependent, built_for, TCORE_VERSION, TCORE_INTERFACE);
	return -ENOEXEC;
}
EXPORT_SYMBOL_GPL(tcore_check_interface);
ALLOW_ERROR_INJECTION(tcore_check_interface, ERRNO);

static int __init core_mod_init(void)
{
	return tcore_files_create();
}
module_init(core_mod_init);

static void __exit core_mod_exit(void)
{
	tcore_files_remove();
}
module_exit(core_mod_exit);

MODULE_DESCRIPTION("Task-walking and counting helpers for other modules");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(TCORE_VERSION);
