// SPDX-License-Identifier: GPL-2.0
/*
 * A console that shows nothing, and takes as long as a serial line of 115,200 baud takes: ten bits
 * a byte. An emulated serial port takes no more time than the emulator.
 */
#include <linux/console.h>
#include <linux/module.h>
#include <linux/processor.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#define BYTE_NSECS (10 * NSEC_PER_SEC / 115200)

/* By the clock: how long udelay() takes is measured at boot, which an emulator may distort. */
static void write_slowly(struct console *console, const char *text, unsigned int length)
{
	u64 end = ktime_get_mono_fast_ns() + length * BYTE_NSECS;

	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
}

/* Enabled though the command line does not name it. */
static struct console slow = {
	.name = "slow",
	.write = write_slowly,
	.flags = CON_ENABLED,
	.index = -1,
};

static int __init slow_console_init(void)
{
	register_console(&slow);
	return 0;
}
module_init(slow_console_init);

static void __exit slow_console_exit(void)
{
	unregister_console(&slow);
}
module_exit(slow_console_exit);

MODULE_DESCRIPTION("A console as slow as a real serial line");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
