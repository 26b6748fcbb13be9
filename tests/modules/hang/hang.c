// SPDX-License-Identifier: GPL-2.0
/* Never gives the processors back: every one spins with its interrupts off. */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/processor.h>
#include <linux/stop_machine.h>

static int spin(void *unused)
{
	for (;;)
		cpu_relax();
	return 0;
}

static int __init hang_init(void)
{
	return stop_machine(spin, NULL, cpu_online_mask);
}
module_init(hang_init);

MODULE_DESCRIPTION("Hangs the machine at load");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
