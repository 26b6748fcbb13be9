// SPDX-License-Identifier: GPL-2.0
/*
 * Scans of /proc, as cheap as a C program makes them: a directory is read once, a file is opened by
 * its name in that directory, read by one call, and looked at where it lies.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scan.h"

#define PATH_SIZE 64
#define STAT_SIZE 1024
#define LINE_SIZE 128

static const char letters[] = "RSDTtXZPI";

struct output {
	int fd;
	size_t len;
	char data[65536];
};

/* The fields of a stat file that are shown; they lie in it as they are, without a NUL. */
struct fields {
	const char *pid, *comm, *state, *ppid;
	int pid_len, comm_len, ppid_len;
};

static struct output output;

static void flush(void)
{
	if (output.fd >= 0 && write(output.fd, output.data, output.len) < 0)
		abort();
	output.len = 0;
}

static void put(const char *data, size_t len, char end)
{
	memcpy(output.data + output.len, data, len);
	output.len += len;
	output.data[output.len++] = end;
}

static int is_number(const char *name)
{
	return *name >= '0' && *name <= '9';
}

/* "PID (COMM) STATE PPID ...": the name may hold anything, the last parenthesis ends it. */
static void split(const char *line, size_t len, struct fields *f)
{
	const char *end = memrchr(line, ')', len);

	f->pid = line;
	f->pid_len = strchr(line, ' ') - line;
	f->comm = line + f->pid_len + 2;
	f->comm_len = end - f->comm;
	f->state = end + 2;
	f->ppid = end + 4;
	f->ppid_len = strchr(f->ppid, ' ') - f->ppid;
}

/* The length of @name/stat in the directory; 0 where the task has gone. */
static size_t read_stat(int dir, const char *name, char *line)
{
	char path[PATH_SIZE];
	ssize_t len;
	int fd;

	strcpy(stpcpy(path, name), "/stat");
	fd = openat(dir, path, O_RDONLY);
	if (fd < 0)
		return 0;
	len = read(fd, line, STAT_SIZE - 1);
	close(fd);
	if (len <= 0)
		return 0;
	line[len] = '\0';
	return len;
}

static void show(const char *line, size_t len)
{
	struct fields f;

	if (output.len > sizeof(output.data) - LINE_SIZE)
		flush();
	split(line, len, &f);
	put(f.pid, f.pid_len, '\t');
	put(f.ppid, f.ppid_len, '\t');
	put(f.state, 1, '\t');
	put(f.comm, f.comm_len, '\n');
}

int scan_processes(int out)
{
	char line[STAT_SIZE];
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	size_t len;

	if (!proc)
		return -1;
	output.fd = out;
	while ((entry = readdir(proc))) {
		if (!is_number(entry->d_name))
			continue;
		len = read_stat(dirfd(proc), entry->d_name, line);
		if (len)
			show(line, len);
	}
	closedir(proc);
	flush();
	return 0;
}

static void count_threads(int proc, const char *pid, unsigned int (*counts)[2])
{
	char path[PATH_SIZE], line[STAT_SIZE];
	struct dirent *entry;
	struct fields f;
	size_t len;
	DIR *tasks;
	int fd;

	strcpy(stpcpy(path, pid), "/task");
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return;
	tasks = fdopendir(fd);
	if (!tasks)
		abort();
	while ((entry = readdir(tasks))) {
		if (!is_number(entry->d_name))
			continue;
		len = read_stat(fd, entry->d_name, line);
		if (!len)
			continue;
		split(line, len, &f);
		counts[(unsigned char)*f.state][0] += !strcmp(entry->d_name, pid);
		counts[(unsigned char)*f.state][1]++;
	}
	closedir(tasks);
}

int scan_threads(int out)
{
	unsigned int counts[256][2] = { 0 };
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (!proc)
		return -1;
	while ((entry = readdir(proc)))
		if (is_number(entry->d_name))
			count_threads(dirfd(proc), entry->d_name, counts);
	closedir(proc);
	output.fd = out;
	for (const char *p = letters; *p; p++)
		output.len += sprintf(output.data + output.len, "%c %u %u\n", *p,
				      counts[(unsigned char)*p][0], counts[(unsigned char)*p][1]);
	flush();
	return 0;
}
