// SPDX-License-Identifier: GPL-2.0
/* A module that other modules use: it exports a function. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/printk.h>

#include "base_mod.h"

static atomic_t calls;

/**
 * base_next() - count a call
 *
 * Context: Any.
 * Return: how often it was called since base_mod was loaded, this call included.
 */
unsigned int base_next(void)
{
	return atomic_inc_return(&calls);
}
EXPORT_SYMBOL_GPL(base_next);

static int __init base_mod_init(void)
{
	pr_info("hello\n");
	return 0;
}
module_init(base_mod_init);

static void __exit base_mod_exit(void)
{
	pr_info("goodbye after %d calls\n", atomic_read(&calls));
}
module_exit(base_mod_exit);

MODULE_DESCRIPTION("A module that exports a function");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
