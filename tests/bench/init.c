// SPDX-License-Identifier: GPL-2.0
/*
 * init ROUNDS MEGABYTES NUMBER...: process 1 of the kernel that the real processor runs. Loads the
 * modules, makes ever more processes until there are so many, and each time writes what /proc/native
 * has measured, in so many rounds and with so much memory to evict by, to /figures, a file of the
 * host's. What two of the readers show is in /tasks and /plain. Then it switches the machine off;
 * "ok" is the last line of /figures.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Of the room that the kernel gives, for all sizes. */
#define LIMIT "400000"

static const char *const modules[] = { "core_mod", "walker_mod", "report_mod" };

static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
}

static void fail(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
	power_off();
	_exit(1);
}

/* The kernel finds none in an empty /dev, and so starts us without. */
static void open_console(void)
{
	int fd;

	if (mount("dev", "/dev", "tmpfs", 0, NULL) ||
	    mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1)))
		power_off();
	fd = open("/dev/console", O_RDWR);
	for (int i = 0; i < 3; i++)
		if (dup2(fd, i) < 0)
			power_off();
}

static void set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		fail(path);
	close(fd);
}

static void load(const char *name, const char *options)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/%s.ko", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || syscall(SYS_finit_module, fd, options, 0))
		fail(path);
	close(fd);
}

/* Its standard input is never closed, and so they stay. */
static void populate(long number)
{
	char digits[24], ready[8];
	int in[2], out[2];

	snprintf(digits, sizeof(digits), "%ld", number);
	if (pipe(in) || pipe(out))
		fail("pipe");
	if (!fork()) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		execl("/populate", "populate", "processes", digits, NULL);
		fail("/populate");
	}
	close(out[1]);
	if (read(out[0], ready, sizeof(ready)) <= 0)
		fail("populate");
}

static int create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		fail(path);
	return fd;
}

static void copy(const char *path, int to)
{
	static char data[65536];
	int fd = open(path, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		fail(path);
	while ((len = read(fd, data, sizeof(data))) > 0)
		if (write(to, data, len) != len)
			fail("write");
	if (len < 0)
		fail(path);
	close(fd);
}

int main(int argc, char **argv)
{
	char options[64];
	long before = 0;
	int to;

	if (argc < 4)
		return 1;
	open_console();
	to = create("/figures");
	if (mount("proc", "/proc", "proc", 0, NULL))
		fail("/proc");
	set("/proc/sys/kernel/pid_max", LIMIT);
	set("/proc/sys/kernel/threads-max", LIMIT);
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		load(modules[i], "");
	snprintf(options, sizeof(options), "rounds=%s evict_mb=%s", argv[1], argv[2]);
	load("native", options);
	for (int i = 3; i < argc; i++) {
		long number = atol(argv[i]);

		populate(number - before);
		before = number;
		dprintf(to, "among %ld\n", number);
		copy("/proc/native", to);
	}
	copy("/proc/taskmods/tasks", create("/tasks"));
	copy("/proc/native_plain", create("/plain"));
	dprintf(to, "ok\n");
	power_off();
	return 1;
}
