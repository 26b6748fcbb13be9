// SPDX-License-Identifier: GPL-2.0
/*
 * family HOW: has a child whose parent is not plainly who forked it, until standard input ends.
 *
 *   orphan     its parent has exited, no ancestor takes it: process 1 does
 *   subreaper  its parent has exited, this process takes it
 *   thread     a thread of this process forked it, of another name
 *   traced     another process, "tracer", traces it
 *
 * This process is called "family", the child "child". Writes "PID" of the child, then "ready", once
 * all is so.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t *child;

static void sleep_forever(void)
{
	for (;;)
		pause();
}

static void start_child(void)
{
	int named[2];
	char byte;
	pid_t pid;

	if (pipe(named))
		abort();
	pid = fork();
	if (!pid) {
		prctl(PR_SET_NAME, "child");
		if (write(named[1], "", 1) != 1)
			abort();
		sleep_forever();
	}
	if (pid < 0 || read(named[0], &byte, 1) != 1)
		abort();
	*child = pid;
}

static void start_grandchild(void)
{
	pid_t parent = fork();

	if (!parent) {
		prctl(PR_SET_NAME, "leaver");
		start_child();
		_exit(0);
	}
	if (parent < 0 || waitpid(parent, NULL, 0) != parent)
		abort();
}

static void adopt_grandchild(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	start_grandchild();
}

static void *forking_thread(void *arg)
{
	prctl(PR_SET_NAME, "thread");
	start_child();
	if (write(*(int *)arg, "", 1) != 1)
		abort();
	sleep_forever();
	return arg;
}

static void start_from_thread(void)
{
	pthread_t thread;
	int done[2];
	char byte;

	if (pipe(done) || pthread_create(&thread, NULL, forking_thread, &done[1]) ||
	    read(done[0], &byte, 1) != 1)
		abort();
}

static void trace_child(void)
{
	int done[2];
	char byte;

	start_child();
	if (pipe(done))
		abort();
	if (!fork()) {
		prctl(PR_SET_NAME, "tracer");
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_ATTACH, *child, NULL, NULL) ||
		    waitpid(*child, NULL, __WALL) != *child || write(done[1], "", 1) != 1)
			abort();
		sleep_forever();
	}
	if (read(done[0], &byte, 1) != 1)
		abort();
}

static const struct {
	const char *name;
	void (*arrange)(void);
} ways[] = {
	{ "orphan", start_grandchild },
	{ "subreaper", adopt_grandchild },
	{ "thread", start_from_thread },
	{ "traced", trace_child },
};

int main(int argc, char **argv)
{
	size_t i = 0;
	char byte;

	while (argc == 2 && i < sizeof(ways) / sizeof(ways[0]) && strcmp(argv[1], ways[i].name))
		i++;
	if (argc != 2 || i == sizeof(ways) / sizeof(ways[0])) {
		fprintf(stderr, "usage: family orphan|subreaper|thread|traced\n");
		return 2;
	}
	child = mmap(NULL, sizeof(*child), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (child == MAP_FAILED)
		abort();
	ways[i].arrange();
	printf("%d\nready\n", *child);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	kill(*child, SIGKILL);
	return 0;
}
