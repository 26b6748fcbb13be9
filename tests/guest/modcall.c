// SPDX-License-Identifier: GPL-2.0
/* Raw module system calls, and the raw kernel log: what no tool shows without adding its own view. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

static int complain(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	return 1;
}

static int report(long ret)
{
	printf("%d\n", ret ? errno : 0);
	return 0;
}

static int call_finit_module(char **arg)
{
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return complain(arg[0]);
	return report(syscall(SYS_finit_module, fd, arg[2], atoi(arg[1])));
}

static int call_init_module(char **arg)
{
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *image;

	if (fd < 0 || fstat(fd, &st))
		return complain(arg[0]);
	image = malloc(st.st_size + 1);
	if (!image || read(fd, image, st.st_size) != st.st_size)
		return complain(arg[0]);
	return report(syscall(SYS_init_module, image, (unsigned long)st.st_size, arg[1]));
}

static int call_delete_module(char **arg)
{
	return report(syscall(SYS_delete_module, arg[0], strtoul(arg[1], NULL, 0)));
}

/* More than the log can hold: what comes after so much was written meanwhile. */
#define MOST_OF_LOG (16UL << 20)

/* Some records were lost before we came to them: the next read goes on with the oldest there is. */
static ssize_t read_record(int fd, char *record, size_t size)
{
	ssize_t len;

	do
		len = read(fd, record, size);
	while (len < 0 && errno == EPIPE);
	return len;
}

/* A record is "priority,sequence,microseconds,flags;text" and what belongs to it, a read each. */
static int print_records(const char *first, int flags)
{
	unsigned long long from = strtoull(first, NULL, 10);
	int fd = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | flags);
	char record[8192];
	size_t all = 0;
	ssize_t len;

	if (fd < 0)
		return complain("/dev/kmsg");
	while ((len = read_record(fd, record, sizeof(record) - 1)) > 0) {
		unsigned long long seq;

		record[len] = '\0';
		if (sscanf(record, "%*u,%llu", &seq) == 1 && seq >= from)
			fwrite(record, 1, len, stdout);
		all += len;
		if (!(flags & O_NONBLOCK))
			fflush(stdout);
		else if (all > MOST_OF_LOG)
			return 0;
	}
	return errno == EAGAIN ? 0 : complain("/dev/kmsg");
}

static int print_kmsg(char **arg)
{
	return print_records(arg[0], O_NONBLOCK);
}

/* The same, and then each record as it comes, until it is killed. */
static int follow_kmsg(char **arg)
{
	return print_records(arg[0], 0);
}

/* What /proc/PID/syscall calls a call that one waits in. */
static int print_number(char **arg)
{
	static const struct {
		const char *name;
		long number;
	} numbers[] = {
		{ "finit_module", SYS_finit_module },
		{ "init_module", SYS_init_module },
		{ "delete_module", SYS_delete_module },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(arg[0], numbers[i].name))
			return printf("%ld\n", numbers[i].number) < 0;
	fprintf(stderr, "agent: no number is known of %s\n", arg[0]);
	return 2;
}

static const struct {
	const char *name;
	int args;
	int (*run)(char **arg);
} calls[] = {
	{ "finit_module", 3, call_finit_module },
	{ "init_module", 2, call_init_module },
	{ "delete_module", 2, call_delete_module },
	{ "kmsg", 1, print_kmsg },
	{ "follow", 1, follow_kmsg },
	{ "number", 1, print_number },
};

int modcall(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(argv[1], calls[i].name) && argc - 2 == calls[i].args)
			return calls[i].run(argv + 2);

	fprintf(stderr, "agent: no such call, or not its number of arguments: %s\n", argv[1]);
	return 2;
}
