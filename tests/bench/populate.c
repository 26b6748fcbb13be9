// SPDX-License-Identifier: GPL-2.0
/*
 * populate processes NUMBER: as many processes, children of ten; most of them sleep, of a hundred
 * two are stopped and two are zombies.
 * populate threads NUMBER: one process with as many threads, which sleep.
 *
 * They share memory, so that they cost little. Writes "ready" once all are as they stay, which is
 * until standard input ends; none is left once this process has ended.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PARENTS 10
#define STACK_SIZE 2048
#define MAX_NUMBER 100000
#define PROCESS_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES)
#define THREAD_FLAGS (PROCESS_FLAGS | CLONE_SIGHAND | CLONE_THREAD)

/* Of the lengths that names have on a machine in use. */
static const char *const names[] = {
	"sh", "sshd", "bash", "agetty", "python3", "postgres", "nginx", "dbus-daemon", "cron",
	"systemd-journal", "apache2", "java", "gunicorn", "containerd-shim", "node",
	"qemu-system-x86",
};

static const char *const parents[PARENTS] = {
	"systemd", "sshd", "postgres", "nginx", "apache2", "containerd-shim", "gunicorn", "cron",
	"screen", "login",
};

static int begun[2];
static int threads;

static int live(void *arg)
{
	unsigned long n = (unsigned long)arg;

	prctl(PR_SET_NAME, names[n % (sizeof(names) / sizeof(names[0]))]);
	if (write(begun[1], "", 1) != 1)
		abort();
	if (!threads && n % 50 == 49)
		return 0;
	if (!threads && n % 50 == 24)
		kill(syscall(SYS_getpid), SIGSTOP);
	for (;;)
		pause();
}

/* A process of its own, the leader of a group that all that it makes belongs to. */
static pid_t start_parent(const char *name, unsigned long number)
{
	int flags = threads ? THREAD_FLAGS : PROCESS_FLAGS | SIGCHLD;
	pid_t pid = fork();
	char *stacks;

	if (pid < 0)
		abort();
	if (pid)
		return pid;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
	stacks = mmap(NULL, number * STACK_SIZE + 1, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (stacks == MAP_FAILED)
		abort();
	for (unsigned long i = 0; i < number; i++)
		if (clone(live, stacks + (i + 1) * STACK_SIZE, flags, (void *)i) < 0) {
			perror("populate: clone");
			abort();
		}
	for (;;)
		pause();
}

static void await_begun(unsigned long number)
{
	static char bytes[4096];

	while (number) {
		ssize_t len = read(begun[0], bytes, sizeof(bytes));

		if (len <= 0)
			abort();
		number -= len;
	}
}

/* No event tells that others have gone to sleep: look until nobody but us runs. */
static void await_sleep(void)
{
	int running = 0;

	while (running != 1) {
		FILE *f = fopen("/proc/loadavg", "r");

		if (!f || fscanf(f, "%*s %*s %*s %d", &running) != 1)
			abort();
		fclose(f);
		sched_yield();
	}
}

int main(int argc, char **argv)
{
	unsigned long number = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	int n = PARENTS;
	pid_t pids[PARENTS];
	char byte;

	threads = argc == 3 && !strcmp(argv[1], "threads");
	if (!number || number > MAX_NUMBER || (!threads && strcmp(argv[1], "processes"))) {
		fprintf(stderr, "usage: populate processes|threads NUMBER, up to %d\n",
			MAX_NUMBER);
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(begun))
		abort();
	if (threads)
		n = 1;
	for (int i = 0; i < n; i++)
		pids[i] = start_parent(parents[i], (number + i) / n);
	await_begun(number);
	await_sleep();
	puts("ready");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	for (int i = 0; i < n; i++)
		kill(-pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
