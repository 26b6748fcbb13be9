// SPDX-License-Identifier: GPL-2.0
/* Has a counter and its lock for each processor; to read sum adds one, and shows their sum. */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

static DEFINE_PER_CPU(raw_spinlock_t, percpu_small_lock) =
	__RAW_SPIN_LOCK_UNLOCKED(percpu_small_lock);
static DEFINE_PER_CPU(int, percpu_small_count) = 100;

static int get_sum(char *buffer, const struct kernel_param *param)
{
	raw_spinlock_t *lock = &get_cpu_var(percpu_small_lock);
	int sum = 0, cpu;

	raw_spin_lock(lock);
	__this_cpu_inc(percpu_small_count);
	raw_spin_unlock(lock);
	put_cpu_var(percpu_small_lock);
	for_each_online_cpu(cpu)
		sum += per_cpu(percpu_small_count, cpu);
	return sprintf(buffer, "%d\n", sum);
}

static const struct kernel_param_ops sum_ops = { .get = get_sum };

module_param_cb(sum, &sum_ops, NULL, 0444);
MODULE_PARM_DESC(sum, "how often it was read, and 100 for each processor");

static int __init percpu_small_init(void)
{
	return 0;
}
module_init(percpu_small_init);

static void __exit percpu_small_exit(void)
{
}
module_exit(percpu_small_exit);

MODULE_DESCRIPTION("Has data for each processor");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
