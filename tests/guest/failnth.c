// SPDX-License-Identifier: GPL-2.0
/*
 * failnth HOW PATH ARGUMENTS REST...: makes one system call again and again, each time with the next
 * of the allocations made to fail that the kernel does for it, until there are no more of them.
 *
 *   load  finit_module() of PATH with the parameters ARGUMENTS, and delete_module()
 *   open  open() of PATH, and close()
 *   read  read() of PATH, opened and closed around it
 *
 * After each the same call is made with nothing to fail, and must go well.
 *
 * REST is what must be so before and after, FILE=LINE each: a file's first line, or with nothing
 * after "=" that it is not there. Each try is a line of output: "NUMBER ERRNO LEFT...", with what of
 * REST was not so. The kernel log has "failnth: NUMBER" before what belongs to a try. The last line
 * is "all ERRNO LEFT...", of the call that met no failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 10000

static int fail_nth, kmsg;
static const char *path, *arguments;
/* Of what the call is about: opened before it. */
static int fd;

static _Noreturn void die(const char *what)
{
	int err = errno;

	/* What was tried comes before what ended it. */
	fflush(stdout);
	fprintf(stderr, "failnth: %s: %s\n", what, strerror(err));
	exit(1);
}

static void open_path(void)
{
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
}

static void close_path(void)
{
	if (fd >= 0)
		close(fd);
}

static void nothing(void)
{
}

static long load(void)
{
	return syscall(SYS_finit_module, fd, arguments, 0);
}

static void unload(void)
{
	char *copy = strdup(path), *name = basename(copy);

	*strrchr(name, '.') = '\0';
	if (syscall(SYS_delete_module, name, 0) && errno != ENOENT)
		die(name);
	free(copy);
	close_path();
}

static long do_open(void)
{
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd;
}

static long do_read(void)
{
	static char content[1 << 20];

	return read(fd, content, sizeof(content));
}

static const struct way {
	const char *name;
	void (*before)(void);
	long (*call)(void);
	void (*after)(void);
} ways[] = {
	{ "load", open_path, load, unload },
	{ "open", nothing, do_open, close_path },
	{ "read", open_path, do_read, close_path },
};

/* The call as ever, which must go well right after one that failed. */
static void call_cleanly(const struct way *way)
{
	way->before();
	if (way->call() < 0)
		die("the call after it, with nothing made to fail");
	way->after();
}

/* Returns whether the number-th was there to fail, and sets *err to how the call went. */
static int try_number(const struct way *way, unsigned int number, int *err)
{
	char left[16] = "";

	way->before();
	dprintf(fail_nth, "%u", number);
	*err = way->call() < 0 ? errno : 0;
	if (pread(fail_nth, left, sizeof(left) - 1, 0) < 1)
		die("fail-nth");
	dprintf(fail_nth, "0");
	way->after();
	return !atoi(left);
}

static int is_so(const char *file, const char *line)
{
	char found[64] = "";
	FILE *stream = fopen(file, "re");
	int so;

	if (!stream)
		return !*line;
	if (fgets(found, sizeof(found), stream))
		found[strcspn(found, "\n")] = '\0';
	so = *line && !strcmp(found, line);
	fclose(stream);
	return so;
}

static void print_left(char **rest)
{
	for (; *rest; rest++) {
		const char *equals = strrchr(*rest, '=');
		char *file = strndup(*rest, equals - *rest);

		if (!is_so(file, equals + 1))
			printf(" %s", *rest);
		free(file);
	}
}

/* Not by dprintf(), which wants to know where in the file it is. */
static void note(unsigned int number)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "failnth: %u\n", number);

	if (write(kmsg, text, len) != len)
		die("/dev/kmsg");
}

static void try_all(const struct way *way, char **rest)
{
	unsigned int number = 0;
	int failed, err;

	do {
		note(++number);
		failed = try_number(way, number, &err);
		if (failed)
			printf("%u", number);
		else
			printf("all");
		printf(" %s", strerrorname_np(err));
		print_left(rest);
		printf("\n");
		call_cleanly(way);
		fflush(stdout);
	} while (failed && number < MOST);
}

int main(int argc, char **argv)
{
	size_t i = 0;

	while (argc > 3 && i < sizeof(ways) / sizeof(ways[0]) && strcmp(argv[1], ways[i].name))
		i++;
	if (argc < 4 || i == sizeof(ways) / sizeof(ways[0])) {
		fprintf(stderr, "usage: failnth load|open|read PATH ARGUMENTS FILE=LINE...\n");
		return 2;
	}
	path = argv[2];
	arguments = argv[3];
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		die("/proc/thread-self/fail-nth");
	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (kmsg < 0)
		die("/dev/kmsg");
	try_all(&ways[i], argv + 4);
	return 0;
}
