// SPDX-License-Identifier: GPL-2.0
/* report_mod: counts tasks by state, in /proc/taskmods/report and once in the kernel log. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "../core_mod/core_mod.h"

#define HEADER "STATE                PROCESSES   THREADS\n"
#define ROW    "%-20s %9u %9u\n"

static const char *const report_states[TCORE_NR_STATES] = {
	[TCORE_RUNNING] = "TASK_RUNNING",
	[TCORE_INTERRUPTIBLE] = "TASK_INTERRUPTIBLE",
	[TCORE_UNINTERRUPTIBLE] = "TASK_UNINTERRUPTIBLE",
	[TCORE_STOPPED] = "TASK_STOPPED",
	[TCORE_TRACED] = "TASK_TRACED",
	[TCORE_DEAD] = "EXIT_DEAD",
	[TCORE_ZOMBIE] = "EXIT_ZOMBIE",
	[TCORE_PARKED] = "TASK_PARKED",
	[TCORE_IDLE] = "TASK_IDLE",
};

/* TOTAL is the sum of what stands above it, so the columns add up whatever tasks do meanwhile. */
static unsigned int report_total(const unsigned int *counts)
{
	unsigned int i, sum = 0;

	for (i = 0; i < TCORE_NR_STATES; i++)
		sum += counts[i];
	return sum;
}

/* The whole report is one record: what a reader gets in pieces was counted at once. */
static int report_show(struct seq_file *m, void *v)
{
	struct tcore_counts counts;
	unsigned int i;

	tcore_count(tcore_seq_ns(m), &counts);
	seq_puts(m, HEADER);
	for (i = 0; i < TCORE_NR_STATES; i++)
		seq_printf(m, ROW, report_states[i], counts.processes[i], counts.threads[i]);
	seq_printf(m, ROW, "TOTAL", report_total(counts.processes),
		   report_total(counts.threads));
	return 0;
}

static const struct tcore_file report_file = {
	.name = "report",
	.owner = THIS_MODULE,
	.show = report_show,
};

static void __init report_log(void)
{
	struct tcore_counts counts;
	unsigned int i;

	tcore_count(&init_pid_ns, &counts);
	pr_info(HEADER);
	for (i = 0; i < TCORE_NR_STATES; i++)
		pr_info(ROW, report_states[i], counts.processes[i], counts.threads[i]);
	pr_info(ROW, "TOTAL", report_total(counts.processes), report_total(counts.threads));
}

static int __init report_mod_init(void)
{
	int err;

	err = tcore_check_interface(KBUILD_MODNAME, TCORE_INTERFACE);
	if (err)
		return err;
	report_log();
	return tcore_file_register(&report_file);
}
module_init(report_mod_init);

static void __exit report_mod_exit(void)
{
	tcore_file_unregister(&report_file);
}
module_exit(report_mod_exit);

MODULE_DESCRIPTION("Counts processes and threads by state in /proc/taskmods/report");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(TCORE_VERSION);
