// SPDX-License-Identifier: GPL-2.0
/*
 * churn WORKERS: tasks are born, renamed, orphaned, and die, until standard input ends.
 *
 * Each worker forks a child, which forks a grandchild and exits before it, so that this process
 * becomes the grandchild's parent; every other child starts a thread, every fourth executes this
 * program anew from that thread, which then takes over the leader's pid. One more task, for whoever
 * looks for a torn name, is called by turns fifteen times A and fifteen times B. Writes that one's
 * pid, then "ready". None of all these is left once this process has ended.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char *self;

static void *exec_from_thread(void *arg)
{
	execl(self, self, "exit", (char *)NULL);
	return arg;
}

static void *sleeper(void *arg)
{
	usleep(100);
	return arg;
}

static void child(unsigned int n)
{
	pthread_t thread;

	if (!fork()) {
		prctl(PR_SET_NAME, "grandchild");
		usleep(100);
		_exit(0);
	}
	if (n % 4 == 1 && !pthread_create(&thread, NULL, exec_from_thread, NULL))
		pthread_join(thread, NULL);
	else if (n % 2 && !pthread_create(&thread, NULL, sleeper, NULL))
		prctl(PR_SET_NAME, "with a thread");
	_exit(0);
}

static void work(void)
{
	for (unsigned int n = 0;; n++) {
		pid_t pid = fork();

		if (!pid)
			child(n);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static void flip(void)
{
	for (;;) {
		prctl(PR_SET_NAME, "AAAAAAAAAAAAAAA");
		prctl(PR_SET_NAME, "BBBBBBBBBBBBBBB");
	}
}

/* In the process group @group, or if 0 in one of its own. */
static pid_t start(void (*run)(void), pid_t group)
{
	pid_t pid = fork();

	if (!pid) {
		setpgid(0, group);
		signal(SIGCHLD, SIG_DFL);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run();
	}
	if (pid < 0 || setpgid(pid, group))
		abort();
	return pid;
}

int main(int argc, char **argv)
{
	pid_t group;
	char byte;
	int n;

	if (argc != 2)
		return 2;
	if (!strcmp(argv[1], "exit"))
		return 0;
	self = argv[0];
	/* Orphans come to us, and are reaped without being waited for. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGCHLD, SIG_IGN);
	prctl(PR_SET_NAME, "AAAAAAAAAAAAAAA");
	group = start(flip, 0);
	printf("%d\n", group);
	prctl(PR_SET_NAME, "churn");
	for (n = atoi(argv[1]); n; n--)
		start(work, group);
	puts("ready");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	kill(-group, SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
