// SPDX-License-Identifier: GPL-2.0
/* report_mod: counts tasks by state, in /proc/taskmods/report and once in the kernel log. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "../core_mod/core_mod.h"

#define HEADER  "STATE                PROCESSES   THREADS\n"
#define ROW_FMT "%-20s %9u %9u\n"

static const char *const state_names[TCORE_NR_STATES] = {
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

/* Goes to the log where there is no file. */
static void write_row(struct seq_file *m, const char *name, unsigned int processes,
		      unsigned int threads)
{
	if (m)
		seq_printf(m, ROW_FMT, name, processes, threads);
	else
		pr_info(ROW_FMT, name, processes, threads);
}

/* TOTAL is the sum of what stands above it, so the columns add up whatever tasks do meanwhile. */
static void write_counts(struct seq_file *m, const struct tcore_counts *counts)
{
	unsigned int processes = 0, threads = 0;
	int i;

	for (i = 0; i < TCORE_NR_STATES; i++) {
		processes += counts->processes[i];
		threads += counts->threads[i];
		write_row(m, state_names[i], counts->processes[i], counts->threads[i]);
	}
	write_row(m, "TOTAL", processes, threads);
}

/* The whole report is one record: what a reader gets in pieces was counted at once. */
static void *report_start(struct seq_file *m, loff_t *pos)
{
	return *pos ? NULL : SEQ_START_TOKEN;
}

static void *report_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return NULL;
}

static void report_stop(struct seq_file *m, void *v)
{
}

static int report_show(struct seq_file *m, void *v)
{
	struct tcore_counts counts;

	tcore_count(tcore_seq_ns(m), &counts);
	seq_puts(m, HEADER);
	write_counts(m, &counts);
	return 0;
}

static const struct seq_operations report_ops = {
	.start = report_start,
	.next = report_next,
	.stop = report_stop,
	.show = report_show,
};

static const struct tcore_file report_file = {
	.name = "report",
	.owner = THIS_MODULE,
	.ops = &report_ops,
};

static int __init report_mod_init(void)
{
	struct tcore_counts counts;
	int err;

	err = tcore_check_interface(KBUILD_MODNAME, TCORE_INTERFACE);
	if (err)
		return err;
	tcore_count(&init_pid_ns, &counts);
	pr_info(HEADER);
	write_counts(NULL, &counts);
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
