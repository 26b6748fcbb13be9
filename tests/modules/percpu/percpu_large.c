// SPDX-License-Identifier: GPL-2.0
/* Has more data for each processor than there is room for in the kernel: 30,000 bytes. */
#include <linux/module.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(char[30000], percpu_large_data);

static int __init percpu_large_init(void)
{
	this_cpu_write(percpu_large_data[0], 1);
	return 0;
}
module_init(percpu_large_init);

static void __exit percpu_large_exit(void)
{
}
module_exit(percpu_large_exit);

MODULE_DESCRIPTION("Has too much data for each processor");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
