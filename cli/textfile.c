// SPDX-License-Identifier: GPL-2.0
#include "textfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "error.h"

/* What mkostemp(3) makes random. */
#define RANDOM "XXXXXX"
#define MAX_TRIES 8

/* The unfinished file; the collector reads none that begins with a dot. */
static char *unfinished;

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

static void end(int number)
{
	remove_unfinished();
	signal(number, SIG_DFL);
	raise(number);
}

static void end_by_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (signal(signals[i], end) == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

static _Noreturn void give_up(const char *what, const char *path)
{
	int error = errno;

	remove_unfinished();
	fatal("cannot %s %s: %s: what was there is unchanged", what, path, strerror(error));
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xasprintf("%.*s", (int)(slash - path), path);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A writer that lives holds a lock on its file. */
static void remove_if_left(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		unlinkat(dir, name, 0);
	close(fd);
}

static void remove_left_ones(const char *directory, const char *prefix)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)) &&
		    strlen(entry->d_name) == strlen(prefix) + strlen(RANDOM))
			remove_if_left(dirfd(dir), entry->d_name);
	closedir(dir);
}

/*
 * False where another writer took it for one that was left, before it was locked. A file system
 * without locks has no such writers.
 */
static bool is_ours(int fd)
{
	struct stat st;

	flock(fd, LOCK_EX);
	return !fstat(fd, &st) && st.st_nlink;
}

static int create(const char *directory, const char *prefix)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		char *path = xasprintf("%s/%s" RANDOM, directory, prefix);
		int fd = mkostemp(path, O_CLOEXEC);

		if (fd < 0)
			give_up("make a file in", directory);
		unfinished = path;
		if (is_ours(fd))
			return fd;
		unfinished = NULL;
		free(path);
		close(fd);
	}
	fatal("cannot make a file in %s: another program removes it", directory);
}

static bool write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			text += n;
			left -= n;
		}
	}
	return true;
}

/* What was renamed stays so after a crash; the file itself is on the disk already. */
static void sync_directory(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

void textfile_write(const char *path, const char *text)
{
	char *directory = directory_of(path);
	char *prefix = xasprintf(".%s.taskmods-", name_of(path));
	char *made;
	int fd;

	remove_left_ones(directory, prefix);
	end_by_signals();
	fd = create(directory, prefix);
	if (!write_all(fd, text) || fchmod(fd, 0644) || fsync(fd))
		give_up("write", path);
	/* Renamed before it is closed, as the lock goes with that. */
	if (rename(unfinished, path))
		give_up("replace", path);
	if (close(fd))
		warning("%s: %s", path, strerror(errno));
	sync_directory(directory);
	made = unfinished;
	unfinished = NULL;
	free(made);
	free(prefix);
	free(directory);
}
