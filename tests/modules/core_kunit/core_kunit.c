// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what core_mod exports: from inside the kernel, where sizes, batches and states of
 * tasks can be had that no file in /proc shows. The tasks here are kthreads, which have no threads,
 * execute nothing, and are all kthreadd's. Leaders that are replaced by de_thread(), and parents
 * that are reaped, are in ../../guest/churn.c, for ../../test_churn.py and the soak, and in
 * ../../litmus/.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/iopoll.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "core_mod.h"
#include "pids.h"

/* Several RCU sections' worth, and not a multiple of one. */
#define CROWD (2 * TCORE_PIDS_PER_RCU + 44)
/* What no function of ours may write over. */
#define CANARY 0x5a
/* Of stands, see below. */
#define PARKED 0

/* New kthreads that were never woken: each waits as it was made, until it is stopped. */
static struct task_struct *crowd[CROWD];

static int never_run(void *unused)
{
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	return (*(struct task_struct **)a)->pid - (*(struct task_struct **)b)->pid;
}

static void stop_crowd(struct kunit_suite *suite)
{
	int i;

	for (i = 0; i < CROWD && crowd[i]; i++)
		kthread_stop(crowd[i]);
}

static int start_crowd(struct kunit_suite *suite)
{
	int i;

	for (i = 0; i < CROWD; i++) {
		struct task_struct *task = kthread_create(never_run, NULL, "crowd-%d", i);

		if (IS_ERR(task)) {
			stop_crowd(suite);
			return PTR_ERR(task);
		}
		crowd[i] = task;
	}
	/* Pids wrap around. */
	sort(crowd, CROWD, sizeof(*crowd), by_pid, NULL);
	return 0;
}

/* Escaping */

#define PLAIN "abcdefghijklmno"

/* A byte at a time, as the header says it. */
static void escape_slowly(char *dst, const char *name, char also)
{
	for (; *name; name++) {
		unsigned char c = *name;

		if (c < ' ' || c > '~' || c == '\\' || c == also)
			dst += sprintf(dst, "\\%03o", c);
		else
			*dst++ = c;
	}
	*dst = '\0';
}

static void expect_escaped(struct kunit *test, const char *name, char also)
{
	char dst[TCORE_ESCAPED_LEN + 1], expected[TCORE_ESCAPED_LEN];

	escape_slowly(expected, name, also);
	memset(dst, CANARY, sizeof(dst));
	KUNIT_ASSERT_EQ(test, tcore_escape(dst, name, also), strlen(expected));
	KUNIT_ASSERT_STREQ(test, dst, expected);
	KUNIT_ASSERT_EQ(test, dst[TCORE_ESCAPED_LEN], CANARY);
}

static void escapes_every_byte_wherever_it_stands(struct kunit *test)
{
	char name[TASK_COMM_LEN] = PLAIN;
	unsigned int at, c;

	for (at = 0; at < TASK_COMM_LEN - 1; at++) {
		for (c = 0; c <= 0xff; c++) {
			name[at] = c;
			expect_escaped(test, name, '\\');
			expect_escaped(test, name, ' ');
		}
		name[at] = PLAIN[at];
	}
}

/* What a byte is told by must not depend on its neighbours. */
static void escapes_any_two_bytes_side_by_side(struct kunit *test)
{
	static const unsigned char edges[] = {
		0, 1, 0x1f, ' ', '!', '\\' - 1, '\\', '\\' + 1, '~', 0x7f, 0x80, 0xa0, 0xff
	};
	char name[TASK_COMM_LEN] = PLAIN;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		for (j = 0; j < ARRAY_SIZE(edges); j++) {
			name[6] = edges[i];
			name[7] = edges[j];
			name[8] = edges[i];
			expect_escaped(test, name, '\\');
			expect_escaped(test, name, '!');
		}
	}
}

static void escapes_also_what_it_is_told(struct kunit *test)
{
	static const char name[TASK_COMM_LEN] = "a b:c";
	char dst[TCORE_ESCAPED_LEN];

	tcore_escape(dst, name, '\\');
	KUNIT_EXPECT_STREQ(test, dst, "a b:c");
	tcore_escape(dst, name, ' ');
	KUNIT_EXPECT_STREQ(test, dst, "a\\040b:c");
	tcore_escape(dst, name, ':');
	KUNIT_EXPECT_STREQ(test, dst, "a b\\072c");
}

static void any_name_fits_where_the_header_says_so(struct kunit *test)
{
	char name[TASK_COMM_LEN], dst[TCORE_ESCAPED_LEN];

	memset(name, 0xff, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	KUNIT_EXPECT_EQ(test, tcore_escape(dst, name, '\\'), sizeof(dst) - 1);
	expect_escaped(test, name, '\\');
}

/* Numbers */

static void expect_written(struct kunit *test, u64 number)
{
	char dst[TCORE_NUMBER_LEN + 1], expected[TCORE_NUMBER_LEN + 1];
	size_t len;

	memset(dst, CANARY, sizeof(dst));
	len = tcore_put_number(dst, number);
	KUNIT_ASSERT_EQ(test, len, sprintf(expected, "%llu", number));
	KUNIT_ASSERT_EQ(test, memcmp(dst, expected, len), 0);
	KUNIT_ASSERT_EQ(test, dst[TCORE_NUMBER_LEN], CANARY);
}

/* Each pair of digits, and each length up to the longest. */
static void writes_any_number(struct kunit *test)
{
	u64 number, edge;

	for (number = 0; number <= 10000; number++)
		expect_written(test, number);
	for (edge = 10000; edge < U64_MAX / 10; edge *= 10) {
		expect_written(test, edge - 1);
		expect_written(test, edge);
		expect_written(test, edge + 1);
	}
	expect_written(test, U32_MAX);
	expect_written(test, 1ULL + U32_MAX);
	expect_written(test, U64_MAX);
}

/* Walking */

struct walk_on_trial {
	struct tcore_task *tasks;
	unsigned int max;
	pid_t pos;
	pid_t last;
	unsigned int met;
};

static void start_walk(struct kunit *test, struct walk_on_trial *walk, unsigned int max, pid_t pos)
{
	/* One more than may be written to. */
	walk->tasks = kunit_kcalloc(test, max + 1, sizeof(*walk->tasks), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, walk->tasks);
	memset(walk->tasks, CANARY, (max + 1) * sizeof(*walk->tasks));
	walk->max = max;
	walk->pos = pos;
	walk->last = pos - 1;
	walk->met = 0;
}

static void look_at(struct kunit *test, struct walk_on_trial *walk, const struct tcore_task *task)
{
	const struct task_struct *ours = walk->met < CROWD ? crowd[walk->met] : NULL;

	KUNIT_EXPECT_GT(test, task->pid, walk->last);
	walk->last = task->pid;
	if (!ours || task->pid < ours->pid)
		return;
	KUNIT_EXPECT_EQ(test, task->pid, ours->pid);
	KUNIT_EXPECT_STREQ(test, task->comm, ours->comm);
	KUNIT_EXPECT_EQ(test, task->state, 'D');
	KUNIT_EXPECT_EQ(test, task->ppid, 2);
	KUNIT_EXPECT_STREQ(test, task->parent, "kthreadd");
	walk->met++;
}

/* One call. */
static unsigned int walk_on(struct kunit *test, struct walk_on_trial *walk)
{
	unsigned int n, i;

	n = tcore_walk(&init_pid_ns, &walk->pos, walk->tasks, walk->max);
	KUNIT_ASSERT_LE(test, n, walk->max);
	KUNIT_EXPECT_EQ(test, *(u8 *)&walk->tasks[walk->max], CANARY);
	for (i = 0; i < n; i++)
		look_at(test, walk, &walk->tasks[i]);
	if (n)
		KUNIT_EXPECT_GT(test, walk->pos, walk->last);
	return n;
}

static const unsigned int maxima[] = {
	1, 2, 31, 32, 33, TCORE_PIDS_PER_RCU - 1, TCORE_PIDS_PER_RCU, TCORE_PIDS_PER_RCU + 1,
	2 * TCORE_PIDS_PER_RCU, CROWD, 10 * CROWD,
};

static void describe_max(const unsigned int *max, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "max %u", *max);
}

KUNIT_ARRAY_PARAM(max, maxima, describe_max);

static void walk_meets_each_process_once_in_order(struct kunit *test)
{
	const unsigned int *max = test->param_value;
	struct walk_on_trial walk;
	unsigned int n;

	start_walk(test, &walk, *max, 0);
	do {
		n = walk_on(test, &walk);
	} while (n == *max);
	/* What is not full was the last. */
	if (n)
		KUNIT_EXPECT_EQ(test, walk_on(test, &walk), 0);
	KUNIT_EXPECT_EQ(test, walk.met, CROWD);
}

static void walk_fills_each_batch(struct kunit *test)
{
	const unsigned int *max = test->param_value;
	struct walk_on_trial walk;

	start_walk(test, &walk, *max, crowd[0]->pid);
	while (walk.met < CROWD) {
		unsigned int n = walk_on(test, &walk);

		if (walk.met < CROWD)
			KUNIT_ASSERT_EQ(test, n, *max);
	}
}

static void walk_goes_on_wherever_it_is_told(struct kunit *test)
{
	struct tcore_task task;
	unsigned int i;

	for (i = 0; i < CROWD; i++) {
		pid_t pos = crowd[i]->pid;

		KUNIT_ASSERT_EQ(test, tcore_walk(&init_pid_ns, &pos, &task, 1), 1);
		KUNIT_EXPECT_EQ(test, task.pid, crowd[i]->pid);
		KUNIT_EXPECT_EQ(test, pos, crowd[i]->pid + 1);
	}
}

static void walk_ends_where_there_is_nothing(struct kunit *test)
{
	struct tcore_task task;
	pid_t pos = INT_MAX;

	memset(&task, CANARY, sizeof(task));
	KUNIT_EXPECT_EQ(test, tcore_walk(&init_pid_ns, &pos, &task, 1), 0);
	pos = 0;
	KUNIT_EXPECT_EQ(test, tcore_walk(&init_pid_ns, &pos, &task, 0), 0);
	KUNIT_EXPECT_EQ(test, pos, 0);
	KUNIT_EXPECT_EQ(test, *(u8 *)&task, CANARY);
}

static void thread_walk_meets_each_thread_once_in_order(struct kunit *test)
{
	unsigned int max = *(const unsigned int *)test->param_value;
	struct tcore_thread *threads;
	unsigned int n, i, met = 0;
	pid_t pos = 0, last = 0;

	threads = kunit_kcalloc(test, max, sizeof(*threads), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, threads);
	do {
		n = tcore_walk_threads(&init_pid_ns, &pos, threads, max);
		for (i = 0; i < n; i++) {
			KUNIT_ASSERT_GT(test, threads[i].tid, last);
			last = threads[i].tid;
			if (met < CROWD && last == crowd[met]->pid) {
				KUNIT_EXPECT_EQ(test, threads[i].pid, last);
				KUNIT_EXPECT_STREQ(test, threads[i].comm, crowd[met]->comm);
				met++;
			}
		}
	} while (n == max);
	KUNIT_EXPECT_EQ(test, met, CROWD);
}

#ifdef CONFIG_SCHED_INFO
static s64 lastrun(struct kunit *test, struct task_struct *task, u64 arrival)
{
	struct tcore_thread thread;
	pid_t pos = task->pid;

	task->sched_info.last_arrival = arrival;
	KUNIT_ASSERT_EQ(test, tcore_walk_threads(&init_pid_ns, &pos, &thread, 1), 1);
	KUNIT_ASSERT_EQ(test, thread.tid, task->pid);
	return thread.lastrun;
}

/* Of a thread that stays where it is. */
static void lastrun_is_the_time_since_a_thread_got_its_processor(struct kunit *test)
{
	u64 now = local_clock();
	s64 ms;

	KUNIT_EXPECT_EQ(test, lastrun(test, crowd[0], 0), TCORE_LASTRUN_UNKNOWN);
	KUNIT_EXPECT_EQ(test, lastrun(test, crowd[0], now + NSEC_PER_SEC * 1000), 0);
	ms = lastrun(test, crowd[0], 1);
	KUNIT_EXPECT_GE(test, ms, (now - 1) / NSEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, ms, local_clock() / NSEC_PER_MSEC);
}
#endif

/* States */

struct stand {
	const char *name;
	/* Gets there by itself, or is parked where this is NULL. */
	int (*get_there)(void *state);
	long state;
	enum tcore_state index;
	char letter;
};

static int wait_in(void *state)
{
	for (;;) {
		set_current_state((long)state);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int run_on(void *unused)
{
	while (!kthread_should_stop())
		cond_resched();
	return 0;
}

static int wait_parked(void *unused)
{
	while (!kthread_should_stop())
		kthread_parkme();
	return 0;
}

static const struct stand stands[] = {
	[PARKED] = { "parked", wait_parked, 0, TCORE_PARKED, 'P' },
	{ "running", run_on, 0, TCORE_RUNNING, 'R' },
	{ "interruptible", wait_in, TASK_INTERRUPTIBLE, TCORE_INTERRUPTIBLE, 'S' },
	{ "uninterruptible", wait_in, TASK_UNINTERRUPTIBLE, TCORE_UNINTERRUPTIBLE, 'D' },
	{ "idle", wait_in, TASK_IDLE, TCORE_IDLE, 'I' },
};

static void describe_stand(const struct stand *stand, char *desc)
{
	strscpy(desc, stand->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(stand, stands, describe_stand);

/* The task is stopped after the case, however that ends. */
static struct task_struct *start_in(struct kunit *test, const struct stand *stand)
{
	struct task_struct *task;
	unsigned int index;

	task = kthread_create(stand->get_there, (void *)stand->state, "%s", stand->name);
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	test->priv = task;
	if (stand->index == TCORE_PARKED)
		KUNIT_ASSERT_EQ(test, kthread_park(task), 0);
	else
		wake_up_process(task);
	read_poll_timeout(task_state_index, index, index == stand->index, USEC_PER_MSEC,
			  10 * USEC_PER_SEC, false, task);
	KUNIT_ASSERT_EQ(test, index, stand->index);
	return task;
}

static void stop_started(struct kunit *test)
{
	if (test->priv)
		kthread_stop(test->priv);
	/* The next parameter of a case has the same struct kunit. */
	test->priv = NULL;
}

static void state_is_told_as_the_kernel_does(struct kunit *test)
{
	const struct stand *stand = test->param_value;
	struct task_struct *task = start_in(test, stand);
	struct tcore_task copy;
	pid_t pos = task->pid;

	KUNIT_ASSERT_EQ(test, tcore_walk(&init_pid_ns, &pos, &copy, 1), 1);
	KUNIT_EXPECT_EQ(test, copy.pid, task->pid);
	KUNIT_EXPECT_EQ(test, copy.state, stand->letter);
	KUNIT_EXPECT_EQ(test, copy.state, task_state_to_char(task));
	KUNIT_EXPECT_STREQ(test, copy.comm, stand->name);
}

/* Counting */

static unsigned int sum(const unsigned int *counts)
{
	unsigned int i, total = 0;

	for (i = 0; i < TCORE_NR_STATES; i++)
		total += counts[i];
	return total;
}

static void count_has_each_task_in_its_state(struct kunit *test)
{
	const struct stand *stand = test->param_value;
	struct tcore_counts counts;
	unsigned int least;

	start_in(test, stand);
	memset(&counts, CANARY, sizeof(counts));
	tcore_count(&init_pid_ns, &counts);
	least = stand->index == TCORE_UNINTERRUPTIBLE ? CROWD + 1 : 1;
	KUNIT_EXPECT_GE(test, counts.processes[stand->index], least);
	KUNIT_EXPECT_GE(test, counts.threads[stand->index], least);
}

/* Nothing else parks unless a processor is taken away: here the figure itself can be told. */
static void count_has_each_task_once(struct kunit *test)
{
	struct tcore_counts before, after;

	tcore_count(&init_pid_ns, &before);
	start_in(test, &stands[PARKED]);
	tcore_count(&init_pid_ns, &after);
	KUNIT_EXPECT_EQ(test, after.processes[TCORE_PARKED], before.processes[TCORE_PARKED] + 1);
	KUNIT_EXPECT_EQ(test, after.threads[TCORE_PARKED], before.threads[TCORE_PARKED] + 1);
}

/* Those that are no leaders, by their states, as the kernel's own loop finds them. */
static void count_others(unsigned int *others)
{
	struct task_struct *leader, *thread;

	memset(others, 0, TCORE_NR_STATES * sizeof(*others));
	rcu_read_lock();
	for_each_process_thread(leader, thread)
		others[task_state_index(thread)] += !thread_group_leader(thread);
	rcu_read_unlock();
}

/* Threads wake and sleep: what was the same before the count and after it was so meanwhile. */
static void count_tells_leaders_from_threads(struct kunit *test)
{
	unsigned int before[TCORE_NR_STATES], after[TCORE_NR_STATES];
	struct tcore_counts counts;
	unsigned int i, tries = 0;

	do {
		count_others(before);
		tcore_count(&init_pid_ns, &counts);
		count_others(after);
	} while (memcmp(before, after, sizeof(before)) && ++tries < 1000);
	KUNIT_ASSERT_LT(test, tries, 1000);
	if (!sum(before))
		kunit_skip(test, "no process here has threads");

	for (i = 0; i < TCORE_NR_STATES; i++)
		KUNIT_EXPECT_EQ(test, counts.threads[i] - counts.processes[i], before[i]);
}

/* The interface */

static void another_interface_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tcore_check_interface("core_kunit", TCORE_INTERFACE), 0);
	KUNIT_EXPECT_EQ(test, tcore_check_interface("core_kunit", TCORE_INTERFACE + 1), -ENOEXEC);
	KUNIT_EXPECT_EQ(test, tcore_check_interface("core_kunit", 0), -ENOEXEC);
}

static struct kunit_case core_cases[] = {
	KUNIT_CASE(escapes_every_byte_wherever_it_stands),
	KUNIT_CASE(escapes_any_two_bytes_side_by_side),
	KUNIT_CASE(escapes_also_what_it_is_told),
	KUNIT_CASE(any_name_fits_where_the_header_says_so),
	KUNIT_CASE(writes_any_number),
	KUNIT_CASE_PARAM(walk_meets_each_process_once_in_order, max_gen_params),
	KUNIT_CASE_PARAM(walk_fills_each_batch, max_gen_params),
	KUNIT_CASE(walk_goes_on_wherever_it_is_told),
	KUNIT_CASE(walk_ends_where_there_is_nothing),
	KUNIT_CASE_PARAM(thread_walk_meets_each_thread_once_in_order, max_gen_params),
#ifdef CONFIG_SCHED_INFO
	KUNIT_CASE(lastrun_is_the_time_since_a_thread_got_its_processor),
#endif
	KUNIT_CASE_PARAM(state_is_told_as_the_kernel_does, stand_gen_params),
	KUNIT_CASE_PARAM(count_has_each_task_in_its_state, stand_gen_params),
	KUNIT_CASE(count_has_each_task_once),
	KUNIT_CASE(count_tells_leaders_from_threads),
	KUNIT_CASE(another_interface_is_refused),
	{}
};

static struct kunit_suite core_suite = {
	.name = "core_mod",
	.suite_init = start_crowd,
	.suite_exit = stop_crowd,
	.exit = stop_started,
	.test_cases = core_cases,
};

kunit_test_suite(core_suite);

MODULE_DESCRIPTION("KUnit tests of core_mod");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
