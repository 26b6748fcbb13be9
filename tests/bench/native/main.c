// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/native: what ways to read all tasks take by the clock, each in its turn, and that so many
 * times. To read the file is to measure. A line for each reading: its name, "warm" or "cold", how
 * many processes or threads it read, and nanoseconds.
 *
 * A warm reading has had another of the same right before it. Before a cold one a large buffer has
 * been walked through, so that what lay in the caches and in the TLB is of that.
 */
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "native.h"

#define PIECE_ORDER (MAX_ORDER - 1)
#define PIECE_SIZE  (PAGE_SIZE << PIECE_ORDER)
/* All lines of a reading must fit: seq_file would else begin once more. */
#define FILE_SIZE   262144
#define LEARN_MS    50

static int rounds = 9;
module_param(rounds, int, 0644);
MODULE_PARM_DESC(rounds, "How many times each is read, warm, and cold (default: 9)");

static unsigned int evict_mb = 64;
module_param(evict_mb, uint, 0444);
MODULE_PARM_DESC(evict_mb, "Size of what is walked through before a cold reading (default: 64)");

static const struct {
	const char *name;
	int (*read)(void);
} readers[] = {
	{ "tasks", read_tasks },
	{ "tasks-walk", walk_tasks },
	{ "tasks-walk-locked", walk_tasks_locked },
	{ "tasks-plain", read_plain },
	{ "tasks-loop", loop_fields },
	{ "tasks-floor", touch_tasks },
	{ "tasks-nothing", read_nothing },
	{ "threads", read_threads },
	{ "threads-floor", touch_threads },
	{ "report", read_report },
	{ "report-loop", loop_states },
	{ "report-floor", touch_report },
};

unsigned long native_sink;

static unsigned long **pieces;
static unsigned int nr_pieces;
/* The kernel's clock has steps of some hundred nanoseconds here; the processor's has cycles. */
static u64 cycles_per_ms;

static u64 cycles(void)
{
	u64 now = __builtin_ia32_rdtsc();

	barrier();
	return now;
}

static void learn_cycles(void)
{
	u64 began = ktime_get_ns(), first = cycles();

	while (ktime_get_ns() - began < LEARN_MS * NSEC_PER_MSEC)
		cpu_relax();
	cycles_per_ms = (cycles() - first) / LEARN_MS;
}

static void evict(void)
{
	unsigned int piece, i;

	for (piece = 0; piece < nr_pieces; piece++)
		for (i = 0; i < PIECE_SIZE / sizeof(long); i += L1_CACHE_BYTES / sizeof(long))
			pieces[piece][i]++;
}

static int measure(struct seq_file *m, unsigned int reader, bool cold)
{
	u64 began, elapsed;
	int n;

	if (cold)
		evict();
	else
		readers[reader].read();
	began = cycles();
	n = readers[reader].read();
	elapsed = cycles() - began;
	seq_printf(m, "%s %s %d %llu\n", readers[reader].name, cold ? "cold" : "warm", n,
		   elapsed * NSEC_PER_MSEC / cycles_per_ms);
	cond_resched();
	return n < 0 ? n : 0;
}

static int native_show(struct seq_file *m, void *v)
{
	unsigned int reader, cold;
	int round, err;

	show_lines(m);
	for (round = 0; round < rounds; round++)
		for (cold = 0; cold < 2; cold++)
			for (reader = 0; reader < ARRAY_SIZE(readers); reader++) {
				err = measure(m, reader, cold);
				if (err)
					return err;
			}
	return 0;
}

static int native_open(struct inode *inode, struct file *file)
{
	return single_open_size(file, native_show, NULL, FILE_SIZE);
}

static const struct proc_ops native_ops = {
	.proc_open = native_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static void free_pieces(void)
{
	while (nr_pieces)
		free_pages((unsigned long)pieces[--nr_pieces], PIECE_ORDER);
	kfree(pieces);
}

static int alloc_pieces(void)
{
	unsigned int wanted = ((unsigned long)evict_mb << 20) / PIECE_SIZE;

	pieces = kcalloc(wanted, sizeof(*pieces), GFP_KERNEL);
	if (!pieces)
		return -ENOMEM;
	for (; nr_pieces < wanted; nr_pieces++) {
		pieces[nr_pieces] = (void *)__get_free_pages(GFP_KERNEL, PIECE_ORDER);
		if (!pieces[nr_pieces])
			return -ENOMEM;
	}
	return 0;
}

static int __init native_init(void)
{
	int err = alloc_pieces();

	if (err)
		goto out_pieces;
	learn_cycles();
	err = native_files_init();
	if (err)
		goto out_pieces;
	err = native_plain_init();
	if (err)
		goto out_files;
	if (proc_create("native", 0400, NULL, &native_ops))
		return 0;
	err = -ENOMEM;
	native_plain_exit();
out_files:
	native_files_exit();
out_pieces:
	free_pieces();
	return err;
}
module_init(native_init);

static void __exit native_exit(void)
{
	remove_proc_entry("native", NULL);
	native_plain_exit();
	native_files_exit();
	free_pieces();
}
module_exit(native_exit);

MODULE_DESCRIPTION("Times ways to read all tasks, and what they cannot do without");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
