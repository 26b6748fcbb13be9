// SPDX-License-Identifier: GPL-2.0
/*
 * tasks NAME STATE:NAME...: holds a task in each state, until its standard input ends.
 *
 * The first NAME is this process's own, the others those of its children; names are in hexadecimal,
 * so that any byte can be in one. A number after STATE holds as many. Writes a line "STATE PID" for
 * each child once it has its name and /proc shows all of its threads in their states, then "ready".
 *
 *   R runs      S sleeps            D waits for its vfork child    T is stopped
 *   t is traced Z exited, unreaped  L exited, a thread lives on    M has 5 threads, sleeping
 */
#include <dirent.h>
#include <fcntl.h>
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

#define MAX_CHILDREN 256

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
	int threads;
	void (*enter)(void);
} states[] = {
	{ 'R', 'R', 1, run },
	{ 'S', 'S', 1, sleep_forever },
	{ 'D', 'D', 1, wait_for_vfork },
	{ 'T', 'T', 1, stop },
	{ 't', 't', 1, be_traced },
	{ 'Z', 'Z', 1, leave },
	{ 'L', 'Z', 2, leave_thread_behind },
	{ 'M', 'S', 5, have_threads },
};

static void set_name(const char *hex)
{
	char name[16] = { 0 };
	unsigned int byte;

	for (int i = 0; i < 15 && sscanf(hex + 2 * i, "%2x", &byte) == 1; i++)
		name[i] = byte;
	prctl(PR_SET_NAME, name);
}

/* 0 where the task is gone. */
static char state_of(const char *dir, const char *task)
{
	char path[512], line[1024];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/stat", dir, task);
	f = fopen(path, "r");
	if (!f)
		return 0;
	len = fread(line, 1, sizeof(line) - 1, f);
	fclose(f);
	line[len] = '\0';
	return len ? strrchr(line, ')')[2] : 0;
}

/* How many threads there are, the leader in its state and the others asleep; -1 where not so. */
static int threads_settled(const char *dir, const char *leader, char shown)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	int n = 0;

	if (!d)
		abort();
	while (n >= 0 && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		if (state_of(dir, entry->d_name) == (strcmp(entry->d_name, leader) ? 'S' : shown))
			n++;
		else
			n = -1;
	}
	closedir(d);
	return n;
}

/* No event tells of another task's state: look until it is there. */
static void await(pid_t pid, char shown, int threads)
{
	char dir[64], leader[16];

	snprintf(leader, sizeof(leader), "%d", pid);
	snprintf(dir, sizeof(dir), "/proc/%d/task", pid);
	while (threads_settled(dir, leader, shown) != threads)
		sched_yield();
}

/* The child that the first one waits for, by vfork(). */
static void await_grandchild(pid_t pid)
{
	char path[64];
	pid_t child;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%d", &child) != 1)
		abort();
	fclose(f);
	await(child, 'S', 1);
}

static void be_child(const char *name, void (*enter)(void), int named)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_name(name);
	if (write(named, "", 1) != 1)
		abort();
	close(named);
	enter();
	_exit(1);
}

static pid_t start(size_t state, const char *name)
{
	int named[2];
	pid_t pid;
	char byte;

	if (pipe2(named, O_CLOEXEC))
		abort();
	pid = fork();
	if (!pid)
		be_child(name, states[state].enter, named[1]);
	close(named[1]);
	if (pid < 0 || read(named[0], &byte, 1) != 1)
		abort();
	close(named[0]);
	if (states[state].shown == 't')
		waitpid(pid, NULL, WUNTRACED);
	await(pid, states[state].shown, states[state].threads);
	if (states[state].shown == 'D')
		await_grandchild(pid);
	printf("%c %d\n", states[state].name, pid);
	return pid;
}

static int start_all(const char *spec, pid_t *children, int room)
{
	size_t i = 0;
	char *name;
	int n, started;

	while (i < sizeof(states) / sizeof(states[0]) && states[i].name != spec[0])
		i++;
	n = strtol(spec + 1, &name, 10);
	if (name == spec + 1)
		n = 1;
	if (i == sizeof(states) / sizeof(states[0]) || *name != ':' || n > room) {
		fprintf(stderr, "tasks: not a state, a number of them, and a name: %s\n", spec);
		exit(2);
	}
	for (started = 0; started < n; started++)
		children[started] = start(i, name + 1);
	return started;
}

int main(int argc, char **argv)
{
	static pid_t children[MAX_CHILDREN];
	char byte;
	int n = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: tasks NAME STATE:NAME...\n");
		return 2;
	}
	set_name(argv[1]);
	for (int i = 2; i < argc; i++)
		n += start_all(argv[i], children + n, MAX_CHILDREN - n);
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
