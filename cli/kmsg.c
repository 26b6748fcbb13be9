// SPDX-License-Identifier: GPL-2.0
#include "kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "paths.h"

#define MAX_RECORD 8192

/* A record a read; of a file, as much as there is. */
char *kmsg_read(void)
{
	char *path = path_of("/dev/kmsg");
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *log = NULL;
	size_t len = 0, size = 0;
	ssize_t n;

	free(path);
	if (fd < 0)
		return NULL;
	for (;;) {
		if (size < len + MAX_RECORD + 1) {
			size = 2 * (len + MAX_RECORD + 1);
			log = xrealloc(log, size, 1);
		}
		n = read(fd, log + len, MAX_RECORD);
		/* What was next has been written over meanwhile: go on with what there is. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		len += n;
	}
	/* EPERM: it can be opened, not read. */
	if (n < 0 && errno != EAGAIN && !len) {
		free(log);
		log = NULL;
	}
	close(fd);
	if (log)
		log[len] = '\0';
	return log;
}

/* A record is "priority,number,microseconds,...;text"; what follows it begins with a space. */
bool kmsg_parse(const char *line, struct kmsg_line *parsed)
{
	const char *text = strchr(line, ';');
	unsigned int priority;
	double microseconds;

	if (!text || sscanf(line, "%u,%*u,%lf,", &priority, &microseconds) != 2)
		return false;
	*parsed = (struct kmsg_line){ priority & 7, microseconds / 1e6, text + 1 };
	return true;
}

const char *kmsg_advice(int error)
{
	return error == EACCES || error == EPERM ? ": ask as root to see what the kernel says" : "";
}
