// SPDX-License-Identifier: GPL-2.0
/*
 * tasks NAME STATE:NAME...: holds a task in each state, until its standard input ends.
 *
 * The first NAME is this process's own, the others those of its children; names are in hexadecimal,
 * so that any byte can be in one. Writes a line "STATE PID" for each child once /proc shows the
 * child in its state, then "ready".
 *
 *   R runs      S sleeps            D waits for its vfork child    T is stopped
 *   t is traced Z exited, unreaped  L exited, a thread lives on    M has 5 threads, sleeping
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CHILDREN 64

static void sleep_forever(void)
{
	for (;;)
		pause();
}

static void *sleeper(void *arg)
{
	sleep_forever();
	return arg;
}

static void start_threads(int n)
{
	pthread_t thread;

	while (n--)
		if (pthread_create(&thread, NULL, sleeper, NULL))
			abort();
}

static void run(void)
{
	for (;;)
		__asm__ volatile("");
}

static void wait_for_vfork(void)
{
	if (!vfork())
		sleep_forever();
}

static void stop(void)
{
	raise(SIGSTOP);
	sleep_forever();
}

static void be_traced(void)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		abort();
	stop();
}

static void leave(void)
{
	_exit(0);
}

static void leave_thread_behind(void)
{
	start_threads(1);
	syscall(SYS_exit, 0);
}

static void have_threads(void)
{
	start_threads(4);
	sleep_forever();
}

static const struct {
	char name;
	char shown;
	void (*enter)(void);
} states[] = {
	{ 'R', 'R', run },
	{ 'S', 'S', sleep_forever },
	{ 'D', 'D', wait_for_vfork },
	{ 'T', 'T', stop },
	{ 't', 't', be_traced },
	{ 'Z', 'Z', leave },
	{ 'L', 'Z', leave_thread_behind },
	{ 'M', 'S', have_threads },
};

static void set_name(const char *hex)
{
	char name[16] = { 0 };
	unsigned int byte;

	for (int i = 0; i < 15 && sscanf(hex + 2 * i, "%2x", &byte) == 1; i++)
		name[i] = byte;
	prctl(PR_SET_NAME, name);
}

static int threads_of(const char *stat)
{
	int threads = -1;

	sscanf(stat, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d", &threads);
	return threads;
}

/* No event tells of another task's state: look until it is there. */
static void await(pid_t pid, char shown, int threads)
{
	char path[64], line[1024], *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (;;) {
		FILE *f = fopen(path, "r");
		size_t len = f ? fread(line, 1, sizeof(line) - 1, f) : 0;

		if (!len)
			abort();
		fclose(f);
		line[len] = '\0';
		end = strrchr(line, ')');
		if (end[2] == shown && (!threads || threads_of(end + 2) == threads))
			return;
		sched_yield();
	}
}

static pid_t start(const char *spec)
{
	size_t i = 0;
	pid_t pid;

	while (i < sizeof(states) / sizeof(states[0]) && states[i].name != spec[0])
		i++;
	if (i == sizeof(states) / sizeof(states[0]) || spec[1] != ':') {
		fprintf(stderr, "tasks: not a state and a name: %s\n", spec);
		exit(2);
	}
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		set_name(spec + 2);
		states[i].enter();
		_exit(1);
	}
	if (spec[0] == 't')
		waitpid(pid, NULL, WUNTRACED);
	await(pid, states[i].shown, spec[0] == 'M' ? 5 : 0);
	printf("%c %d\n", spec[0], pid);
	return pid;
}

int main(int argc, char **argv)
{
	pid_t children[MAX_CHILDREN];
	char byte;
	int n = 0;

	if (argc < 2 || argc - 2 > MAX_CHILDREN) {
		fprintf(stderr, "usage: tasks NAME STATE:NAME...\n");
		return 2;
	}
	set_name(argv[1]);
	for (int i = 2; i < argc; i++)
		children[n++] = start(argv[i]);
	puts("ready");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	/* The group, for the vfork child. */
	for (int i = 0; i < n; i++) {
		kill(-children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	return 0;
}
