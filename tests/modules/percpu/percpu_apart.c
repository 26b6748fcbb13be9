// SPDX-License-Identifier: GPL-2.0
/* Wants its data for each processor at a multiple of two pages. */
#include <linux/module.h>
#include <linux/percpu.h>

#include <asm/page.h>

static DEFINE_PER_CPU(char, percpu_apart_data) __aligned(2 * PAGE_SIZE);

static int __init percpu_apart_init(void)
{
	this_cpu_write(percpu_apart_data, 1);
	return 0;
}
module_init(percpu_apart_init);

static void __exit percpu_apart_exit(void)
{
}
module_exit(percpu_apart_exit);

MODULE_DESCRIPTION("Wants its data for each processor far apart");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
