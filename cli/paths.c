// SPDX-License-Identifier: GPL-2.0
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

/* More than the files of most machines; what is not touched costs nothing. */
#define FIRST_SIZE (1024 * 1024)

static const char *root = "";
static const char *proc;

void paths_set(const char *sysroot, const char *procdir)
{
	root = sysroot;
	proc = procdir;
}

bool paths_have_root(void)
{
	return *root;
}

char *path_of(const char *path)
{
	return xasprintf("%s%s", root, path);
}

char *proc_path(const char *name)
{
	if (proc)
		return xasprintf("%s/%s", proc, name);
	return xasprintf("%s/proc/%s", root, name);
}

static char *read_all(int fd, size_t *len)
{
	size_t size = FIRST_SIZE, n = 0;
	char *data = xrealloc(NULL, size, 1);
	ssize_t got;

	while ((got = read(fd, data + n, size - n - 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(data);
			return NULL;
		}
		n += got;
		if (size - n < FIRST_SIZE / 2) {
			size *= 2;
			data = xrealloc(data, size, 1);
		}
	}
	data[n] = '\0';
	if (len)
		*len = n;
	return data;
}

char *slurp(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *data;
	int error;

	if (fd < 0)
		return NULL;
	data = read_all(fd, len);
	error = errno;
	close(fd);
	errno = error;
	return data;
}

char *first_line(const char *path)
{
	char *full = path_of(path);
	char *text = slurp(full, NULL);

	free(full);
	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}
