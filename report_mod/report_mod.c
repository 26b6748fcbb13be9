// SPDX-License-Identifier: GPL-2.0
/* report_mod: counts tasks by state, in /proc/taskmods/report and once in the kernel log. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "../core_mod/core_mod.h"

#define HEADER "STATE                PROCESSES   THREADS\n"
/* Where the columns of numbers end, and a row with its newline. */
#define PROCESSES_END 30
#define THREADS_END   40
#define ROW_LEN       41

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

static void put_number(char *end, unsigned int number)
{
	do {
		*--end = '0' + number % 10;
		number /= 10;
	} while (number);
}

/* Goes to the log where there is no file. By seq_printf() rows cost as much as 300 tasks. */
static void write_row(struct seq_file *m, const char *name, unsigned int processes,
		      unsigned int threads)
{
	char row[ROW_LEN + 1];

	memset(row, ' ', ROW_LEN);
	memcpy(row, name, strlen(name));
	put_number(row + PROCESSES_END, processes);
	put_number(row + THREADS_END, threads);
	row[ROW_LEN - 1] = '\n';
	row[ROW_LEN] = '\0';
	if (m)
		seq_write(m, row, ROW_LEN);
	else
		pr_info("%s", row);
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
