// SPDX-License-Identifier: GPL-2.0
/*
 * meter REPEATS READER...: does the same so many times, and once before that does not count.
 * meter show READER...: does it once, and what was read goes to standard output.
 *
 * Writes, once all is done, a line for each time: nanoseconds by the clock, nanoseconds that a
 * command ran, and calls of read(). A clock that counts instructions also advances while all wait;
 * a command may wait, and so has its own time.
 *
 *   read SIZE PATH       opens a file, reads it to its end, SIZE bytes a call, and closes it
 *   own PATH             reads a file that begins with "ns", and the nanoseconds that count for it
 *   processes            reads /proc/PID/stat of each process
 *   threads              reads /proc/PID/task/TID/stat of each thread
 *   run COMMAND [UNDO]   runs a command, of words without quotes, to its end; then, outside of what
 *                        is measured, the other
 *   scrape PORT PID      asks a server for its metrics; what counts is what that process runs
 *   nothing NUMBER PATH  asks a file for no bytes, so many times
 *   loop NUMBER          two instructions, so many times
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scan.h"
#include "scrape.h"

#define MAX_COMMAND 1024
#define MAX_WORDS 32
#define MAX_REPEATS 1000

static char buffer[65536];
/* Of what is being done; @own is in the place of the clock's where it is set. */
static unsigned long calls;
static long long ran, own;

static int fail(const char *what)
{
	fprintf(stderr, "meter: %s: %s\n", what, strerror(errno));
	return -1;
}

static int read_file(char **args, int out)
{
	size_t size = strtoul(args[0], NULL, 0);
	int fd = open(args[1], O_RDONLY);
	ssize_t len;

	if (fd < 0 || size > sizeof(buffer))
		return fail(args[1]);
	do {
		len = read(fd, buffer, size);
		calls++;
		if (out >= 0 && len > 0 && write(out, buffer, len) != len)
			return fail("write");
	} while (len > 0);
	close(fd);
	return len ? fail(args[1]) : 0;
}

static int read_own(char **args, int out)
{
	ssize_t len;
	int fd = open(args[0], O_RDONLY);

	if (fd < 0)
		return fail(args[0]);
	len = read(fd, buffer, sizeof(buffer) - 1);
	close(fd);
	buffer[len > 0 ? len : 0] = '\0';
	if (len <= 0 || sscanf(buffer, "ns %lld", &own) != 1)
		return fail(args[0]);
	return out >= 0 && write(out, buffer, len) != len ? fail("write") : 0;
}

static int read_processes(char **args, int out)
{
	return scan_processes(out) ? fail(args[0]) : 0;
}

static int read_threads(char **args, int out)
{
	return scan_threads(out) ? fail(args[0]) : 0;
}

static void split(const char *command, char **words)
{
	static char copy[MAX_COMMAND];
	char *save = copy;
	int n = 0;

	strncpy(copy, command, sizeof(copy) - 1);
	while (n < MAX_WORDS && (words[n] = strtok_r(NULL, " ", &save)))
		n++;
	words[n] = NULL;
}

static long long in_ns(struct timeval t)
{
	return t.tv_sec * 1000000000LL + t.tv_usec * 1000LL;
}

static int run_command(char **args, int out)
{
	char *words[MAX_WORDS + 1];
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	int status;
	pid_t pid;

	split(args[0], words);
	posix_spawn_file_actions_init(&actions);
	if (out < 0)
		posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	errno = posix_spawnp(&pid, words[0], &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (errno || wait4(pid, &status, 0, &usage) < 0)
		return fail(words[0]);
	if (status) {
		fprintf(stderr, "meter: %s: ended with status %#x\n", args[0], status);
		return -1;
	}
	ran = in_ns(usage.ru_utime) + in_ns(usage.ru_stime);
	return 0;
}

static int undo_command(char **args)
{
	return args[1] ? run_command(args + 1, -1) : 0;
}

/* What the server runs for it, not what asking takes. */
static int scrape_server(char **args, int out)
{
	long long before = ran_of(args[1]);

	if (before < 0 || scrape(args[0], out))
		return fail("scrape");
	ran = ran_of(args[1]) - before;
	return 0;
}

/* What any read() does on its way to the file and back. */
static int read_nothing(char **args, int out)
{
	int fd = open(args[1], O_RDONLY);

	(void)out;
	if (fd < 0)
		return fail(args[1]);
	for (long n = atol(args[0]); n; n--)
		if (read(fd, buffer, 0))
			return fail(args[1]);
	close(fd);
	return 0;
}

static int loop(char **args, int out)
{
	long n = atol(args[0]);

	(void)out;
	__asm__ volatile("1: dec %0; jnz 1b" : "+r"(n));
	return 0;
}

static const struct {
	const char *name;
	int args;
	int (*run)(char **args, int out);
	int (*undo)(char **args);
} readers[] = {
	{ "read", 2, read_file, NULL },
	{ "own", 1, read_own, NULL },
	{ "processes", 0, read_processes, NULL },
	{ "threads", 0, read_threads, NULL },
	{ "run", 1, run_command, undo_command },
	{ "scrape", 2, scrape_server, NULL },
	{ "nothing", 2, read_nothing, NULL },
	{ "loop", 1, loop, NULL },
};

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int measure(size_t reader, char **args, int repeats)
{
	static struct {
		long long ns, ran;
		unsigned long calls;
	} found[MAX_REPEATS + 1];

	for (int i = 0; i <= repeats; i++) {
		long long began = now();

		calls = 0;
		ran = 0;
		own = 0;
		if (readers[reader].run(args, -1))
			return 1;
		found[i].ns = now() - began;
		if (own)
			found[i].ns = own;
		found[i].ran = ran;
		found[i].calls = calls;
		if (readers[reader].undo && readers[reader].undo(args))
			return 1;
	}
	for (int i = 1; i <= repeats; i++)
		printf("%lld %lld %lu\n", found[i].ns, found[i].ran, found[i].calls);
	return 0;
}

int main(int argc, char **argv)
{
	const size_t count = sizeof(readers) / sizeof(readers[0]);
	int show = argc > 2 && !strcmp(argv[1], "show");
	int repeats = argc > 2 ? atoi(argv[1]) : 0;
	size_t i = 0;

	while (argc > 2 && i < count && strcmp(argv[2], readers[i].name))
		i++;
	if (argc < 3 || i == count || argc < 3 + readers[i].args ||
	    (!show && (repeats < 1 || repeats > MAX_REPEATS))) {
		fprintf(stderr, "usage: meter REPEATS|show READER...; at most %d\n", MAX_REPEATS);
		return 2;
	}
	if (show)
		return readers[i].run(argv + 3, 1) != 0;
	return measure(i, argv + 3, repeats);
}
