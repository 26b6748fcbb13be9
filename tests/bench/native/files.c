// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a file of /proc from its opening to its end, from inside the kernel: that leaves out what
 * a system call takes, which is a detour through the host here.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "native.h"

#define READ_SIZE 65536

static char *buffer;

static int read_file(const char *path)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file))
		return PTR_ERR(file);
	do {
		len = kernel_read(file, buffer, READ_SIZE, &pos);
	} while (len > 0);
	filp_close(file, NULL);
	return len;
}

int read_tasks(void)
{
	return read_file("/proc/taskmods/tasks");
}

int read_threads(void)
{
	return read_file("/proc/taskmods/threads");
}

int read_report(void)
{
	return read_file("/proc/taskmods/report");
}

int read_plain(void)
{
	return read_file("/proc/native_plain");
}

int read_nothing(void)
{
	return read_file("/proc/native_nothing");
}

static int show_nothing(struct seq_file *m, void *v)
{
	return 0;
}

int native_files_init(void)
{
	buffer = kmalloc(READ_SIZE, GFP_KERNEL);
	if (buffer && proc_create_single("native_nothing", 0400, NULL, show_nothing))
		return 0;
	kfree(buffer);
	return -ENOMEM;
}

void native_files_exit(void)
{
	remove_proc_entry("native_nothing", NULL);
	kfree(buffer);
}
