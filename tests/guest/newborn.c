// SPDX-License-Identifier: GPL-2.0
/*
 * newborn FILE: prints the child's pid, and what FILE says while that one has not run yet.
 *
 * Both keep to one processor and have the same real-time priority: the child has to wait until its
 * parent sleeps, and that does not before it has read the file.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char content[1 << 20];

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int keep_the_processor(void)
{
	struct sched_param param = { .sched_priority = 1 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	return sched_setaffinity(0, sizeof(cpus), &cpus) ||
	       sched_setscheduler(0, SCHED_FIFO, &param);
}

int main(int argc, char **argv)
{
	size_t length = 0;
	ssize_t n;
	pid_t child;
	int fd;

	if (argc != 2) {
		fputs("usage: newborn FILE\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0)
		return fail(argv[1]);
	if (keep_the_processor())
		return fail("newborn");
	child = fork();
	if (child < 0)
		return fail("fork");
	if (!child)
		_exit(0);
	while ((n = read(fd, content + length, sizeof(content) - length)) > 0)
		length += n;
	if (n < 0)
		return fail(argv[1]);
	waitpid(child, NULL, 0);
	printf("%d\n%.*s", child, (int)length, content);
	return 0;
}
