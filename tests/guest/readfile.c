// SPDX-License-Identifier: GPL-2.0
/*
 * readfile HOW SIZE PATH: copies a file to standard output, SIZE bytes a call.
 *
 *   read      read() to the end
 *   pread     pread() at offsets of our own
 *   backwards pread() from a known end to the start, put together again
 *   again     read one piece, lseek() to the start, then as read
 *   sendfile  sendfile()
 *   fresh     read, write that out, await a byte of standard input, lseek() to the start, and read
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define MAX_FILE (4 << 20)

static char content[MAX_FILE];

static ssize_t by_read(int fd, size_t size)
{
	ssize_t len, total = 0;

	while ((len = read(fd, content + total, size)) > 0)
		total += len;
	return len < 0 ? len : total;
}

static ssize_t by_pread(int fd, size_t size)
{
	ssize_t len, total = 0;

	while ((len = pread(fd, content + total, size, total)) > 0)
		total += len;
	return len < 0 ? len : total;
}

static ssize_t backwards(int fd, size_t size)
{
	ssize_t total = by_read(fd, sizeof(content));
	ssize_t end = total;

	memset(content, 0, sizeof(content));
	while (end > 0) {
		ssize_t start = end > (ssize_t)size ? end - (ssize_t)size : 0;
		ssize_t at, len;

		/* A file may give less than is asked for. */
		for (at = start; at < end; at += len) {
			len = pread(fd, content + at, end - at, at);
			if (len <= 0)
				return -1;
		}
		end = start;
	}
	return total;
}

static ssize_t again(int fd, size_t size)
{
	if (read(fd, content, size) < 0 || lseek(fd, 0, SEEK_SET))
		return -1;
	return by_read(fd, size);
}

static ssize_t by_sendfile(int fd, size_t size)
{
	ssize_t len;

	while ((len = sendfile(1, fd, NULL, size)) > 0)
		;
	return len;
}

static ssize_t fresh(int fd, size_t size)
{
	ssize_t len = by_read(fd, size);
	char byte;

	if (len < 0 || write(1, content, len) != len || read(0, &byte, 1) != 1 ||
	    lseek(fd, 0, SEEK_SET))
		return -1;
	return by_read(fd, size);
}

static const struct {
	const char *name;
	ssize_t (*copy)(int fd, size_t size);
} ways[] = {
	{ "read", by_read },
	{ "pread", by_pread },
	{ "backwards", backwards },
	{ "again", again },
	{ "sendfile", by_sendfile },
	{ "fresh", fresh },
};

int main(int argc, char **argv)
{
	size_t i = 0;
	ssize_t len;
	int fd;

	while (argc == 4 && i < sizeof(ways) / sizeof(ways[0]) && strcmp(argv[1], ways[i].name))
		i++;
	if (argc != 4 || i == sizeof(ways) / sizeof(ways[0])) {
		fprintf(stderr, "usage: readfile read|pread|backwards|again|sendfile|fresh "
			"SIZE PATH\n");
		return 2;
	}
	fd = open(argv[3], O_RDONLY);
	if (fd < 0) {
		perror(argv[3]);
		return 1;
	}
	len = ways[i].copy(fd, atoi(argv[2]));
	if (len < 0) {
		perror(argv[3]);
		return 1;
	}
	fwrite(content, 1, len, stdout);
	return 0;
}
