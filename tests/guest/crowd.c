// SPDX-License-Identifier: GPL-2.0
/*
 * crowd NUMBER: as many child processes, all of one memory, so that they cost next to nothing.
 *
 * They sleep until standard input ends. Writes a line "S PID" for each, then "ready", though it may
 * not sleep yet; none is left once this process has ended.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_NUMBER 8192
#define STACK_SIZE 2048

static char stacks[MAX_NUMBER][STACK_SIZE] __attribute__((aligned(16)));

static int sleep_forever(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return arg != NULL;
}

int main(int argc, char **argv)
{
	int number = argc == 2 ? atoi(argv[1]) : 0;
	pid_t group = 0;
	char byte;

	if (number < 1 || number > MAX_NUMBER) {
		fprintf(stderr, "usage: crowd NUMBER, up to %d\n", MAX_NUMBER);
		return 2;
	}
	for (int i = 0; i < number; i++) {
		pid_t pid = clone(sleep_forever, stacks[i] + STACK_SIZE, CLONE_VM | SIGCHLD, NULL);

		if (!group)
			group = pid;
		if (pid < 0 || setpgid(pid, group))
			abort();
		printf("S %d\n", pid);
	}
	puts("ready");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	kill(-group, SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
