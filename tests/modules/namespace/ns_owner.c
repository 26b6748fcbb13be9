// SPDX-License-Identifier: GPL-2.0
/* Exports a symbol into a namespace, whose name is written as from Linux 6.13 on. */
#include <linux/module.h>

#include "namespace.h"

int ns_zero(void)
{
	return 0;
}
EXPORT_SYMBOL_NS_GPL(ns_zero, "TASKMODS");

MODULE_DESCRIPTION("Exports into a namespace");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
