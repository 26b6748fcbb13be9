// SPDX-License-Identifier: GPL-2.0
/*
 * lateness: how late the most urgent task runs, and how long one that waits for RCU waits.
 *
 * On each CPU a thread of the highest real-time priority sleeps until the next millisecond, and
 * looks at the clock: it is late by as long as the kernel had preemption or interrupts off there,
 * and by what it takes to wake it.
 *
 * Where there are several CPUs, one more thread waits, again and again, until all readers of RCU
 * have left what they were in: membarrier() does so by synchronize_rcu(). With one CPU it need not.
 *
 * For each line of standard input, a number of milliseconds, it looks for so long, then writes the
 * largest lateness, in nanoseconds, and how often they woke; then the longest wait for RCU, the sum
 * of all waits, and how many there were.
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define PERIOD 1000000LL

/* Of what is looked at now. */
static struct looked {
	long long longest;
	long long sum;
	long number;
} lateness, wait;

static void die(const char *what, int error)
{
	fprintf(stderr, "lateness: %s: %s\n", what, strerror(error));
	exit(1);
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static void sleep_until(long long ns)
{
	struct timespec t = { .tv_sec = ns / SECOND, .tv_nsec = ns % SECOND };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
		;
}

static void note(struct looked *at, long long ns)
{
	long long before = __atomic_load_n(&at->longest, __ATOMIC_RELAXED);

	while (ns > before && !__atomic_compare_exchange_n(&at->longest, &before, ns, 0,
							   __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	__atomic_fetch_add(&at->sum, ns, __ATOMIC_RELAXED);
	__atomic_fetch_add(&at->number, 1, __ATOMIC_RELAXED);
}

static void forget(struct looked *at)
{
	__atomic_store_n(&at->longest, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&at->sum, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&at->number, 0, __ATOMIC_RELAXED);
}

static void *sleep_and_look(void *arg)
{
	for (long long next = now();; ) {
		long long woken;

		next += PERIOD;
		sleep_until(next);
		woken = now();
		note(&lateness, woken - next);
		/* What was missed is not made up for: it was noted. */
		if (woken > next + PERIOD)
			next = woken;
	}
	return arg;
}

static void *wait_for_rcu(void *arg)
{
	for (;;) {
		long long began = now();

		if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
			die("membarrier", errno);
		note(&wait, now() - began);
	}
	return arg;
}

/* On all `cpus` from `cpu` on. */
static void start(void *(*run)(void *), int priority, int cpu, int cpus)
{
	struct sched_param param = { .sched_priority = priority };
	pthread_attr_t attr;
	pthread_t thread;
	cpu_set_t set;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	CPU_ZERO(&set);
	while (cpus--)
		CPU_SET(cpu++, &set);
	pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	error = pthread_create(&thread, &attr, run, NULL);
	if (error)
		die("pthread_create", error);
}

int main(void)
{
	int priority = sched_get_priority_max(SCHED_FIFO);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	long ms;

	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall", errno);
	for (int cpu = 0; cpu < cpus; cpu++)
		start(sleep_and_look, priority, cpu, 1);
	if (cpus > 1)
		start(wait_for_rcu, sched_get_priority_min(SCHED_FIFO), 0, cpus);
	while (scanf("%ld", &ms) == 1) {
		long long end = now() + ms * (SECOND / 1000);

		forget(&lateness);
		forget(&wait);
		sleep_until(end);
		printf("%lld %ld %lld %lld %ld\n", lateness.longest, lateness.number, wait.longest,
		       wait.sum, wait.number);
		fflush(stdout);
	}
	return 0;
}
