// SPDX-License-Identifier: GPL-2.0
/* Makes a mistake at load, the one that its parameter names, for a checker to see. */
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

#define SIZE 64

static char *mistake = "";
module_param(mistake, charp, 0444);
MODULE_PARM_DESC(mistake, "Which mistake to make (default: none)");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);
static DECLARE_COMPLETION(never);
static char __rcu *shared;
static struct rcu_head head;
static char global[SIZE];

/* Memory: the compiler must not see through these, nor leave an access out. */
static char *hidden(void *memory)
{
	OPTIMIZER_HIDE_VAR(memory);
	return memory;
}

static void touch(char *memory, int at)
{
	WRITE_ONCE(hidden(memory)[at], 1);
}

/*
 * An address that is left anywhere, on a stack or where the allocator had it in a free object, is
 * taken for a use. So many of these may seem to be used, but not all.
 */
static void leak(void)
{
	int i;

	for (i = 0; i < 64; i++)
		touch(kzalloc(SIZE, GFP_KERNEL | __GFP_NOFAIL), 0);
}

static void use_after_free(void)
{
	char *memory = kmalloc(SIZE, GFP_KERNEL | __GFP_NOFAIL);

	kfree(hidden(memory));
	touch(memory, 0);
}

static void double_free(void)
{
	char *memory = kmalloc(SIZE, GFP_KERNEL | __GFP_NOFAIL);

	kfree(hidden(memory));
	kfree(hidden(memory));
}

static void slab_out_of_bounds(void)
{
	char *memory = kmalloc(SIZE, GFP_KERNEL | __GFP_NOFAIL);

	touch(memory, SIZE);
	kfree(memory);
}

static void vmalloc_out_of_bounds(void)
{
	char *memory = vmalloc(SIZE);

	if (memory)
		touch(memory, SIZE);
	vfree(memory);
}

static void stack_out_of_bounds(void)
{
	char local[SIZE];

	touch(local, SIZE);
}

static void global_out_of_bounds(void)
{
	touch(global, SIZE);
}

static void list_twice(void)
{
	static struct list_head entry;
	static LIST_HEAD(entries);

	list_add(&entry, &entries);
	list_del(&entry);
	list_del(&entry);
}

/* Locks and contexts. */
static void sleep_in_atomic(void)
{
	spin_lock(&spin);
	mutex_lock(&first);
	mutex_unlock(&first);
	spin_unlock(&spin);
}

static void sleep_in_rcu(void)
{
	rcu_read_lock();
	mutex_lock(&first);
	mutex_unlock(&first);
	rcu_read_unlock();
}

static void lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void take(struct irq_work *work)
{
	spin_lock(&spin);
	spin_unlock(&spin);
}

static void lock_in_irq(void)
{
	static struct irq_work work;

	init_irq_work(&work, take);
	irq_work_queue(&work);
	irq_work_sync(&work);
	take(&work);
}

static void lock_kept(void)
{
	mutex_lock(&first);
}

static void rcu_unlocked(void)
{
	hidden(rcu_dereference(shared));
}

static void unstable_cpu(void)
{
	touch(global, smp_processor_id() % SIZE);
}

static void hang(void)
{
	wait_for_completion(&never);
}

/* Objects that something else has yet to use. */
static void expire(struct timer_list *timer)
{
}

static void free_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL | __GFP_NOFAIL);

	timer_setup(timer, expire, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
}

static void forget(struct rcu_head *unused)
{
}

static void call_rcu_twice(void)
{
	call_rcu(&head, forget);
	call_rcu(&head, forget);
	rcu_barrier();
}

/* A word that one task writes while another reads it, for a while. */
static unsigned long word;

static int read_marked(void *unused)
{
	while (!kthread_should_stop()) {
		hidden((void *)READ_ONCE(word));
		cond_resched();
	}
	return 0;
}

static int read_excused(void *unused)
{
	while (!kthread_should_stop()) {
		/* Whatever it reads is not used. */
		hidden((void *)data_race(word));
		cond_resched();
	}
	return 0;
}

static void race(int (*reads)(void *unused), void (*writes)(void))
{
	struct task_struct *reader = kthread_run(reads, NULL, "reader");
	unsigned long end = jiffies + HZ;

	if (IS_ERR(reader))
		return;
	while (time_before(jiffies, end)) {
		writes();
		cond_resched();
	}
	kthread_stop(reader);
}

static void write_plain(void)
{
	word = 1;
	barrier();
}

static void write_marked(void)
{
	WRITE_ONCE(word, 1);
}

/* Whole, and always of the same value: the least that is a race. */
static void race_plain(void)
{
	race(read_marked, write_plain);
}

/* None of these is one. */
static void race_marked(void)
{
	race(read_marked, write_marked);
}

static void race_excused(void)
{
	race(read_excused, write_plain);
}

#define MISTAKE(name) { #name, name }

static const struct {
	const char *name;
	void (*make)(void);
} mistakes[] = {
	MISTAKE(leak),
	MISTAKE(use_after_free),
	MISTAKE(double_free),
	MISTAKE(slab_out_of_bounds),
	MISTAKE(vmalloc_out_of_bounds),
	MISTAKE(stack_out_of_bounds),
	MISTAKE(global_out_of_bounds),
	MISTAKE(list_twice),
	MISTAKE(sleep_in_atomic),
	MISTAKE(sleep_in_rcu),
	MISTAKE(lock_order),
	MISTAKE(lock_in_irq),
	MISTAKE(lock_kept),
	MISTAKE(rcu_unlocked),
	MISTAKE(unstable_cpu),
	MISTAKE(hang),
	MISTAKE(free_timer),
	MISTAKE(call_rcu_twice),
	MISTAKE(race_plain),
	MISTAKE(race_marked),
	MISTAKE(race_excused),
};

static int __init mistakes_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		if (!strcmp(mistakes[i].name, mistake)) {
			mistakes[i].make();
			return 0;
		}
	}
	return -EINVAL;
}
module_init(mistakes_init);

static void __exit mistakes_exit(void)
{
}
module_exit(mistakes_exit);

MODULE_DESCRIPTION("Makes the mistake that it is told to");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
