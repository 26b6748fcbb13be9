// SPDX-License-Identifier: GPL-2.0
#include "scrape.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";

/* A guest has it, but down. */
static int bring_loopback_up(int fd)
{
	struct ifreq lo = { .ifr_name = "lo" };

	if (ioctl(fd, SIOCGIFFLAGS, &lo) || lo.ifr_flags & IFF_UP)
		return 0;
	lo.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &lo);
}

static int copy_answer(int fd, int out)
{
	static char buffer[65536];
	ssize_t len;

	do {
		len = read(fd, buffer, sizeof(buffer));
		if (out >= 0 && len > 0 && write(out, buffer, len) != len)
			return -1;
	} while (len > 0);
	return len;
}

int scrape(const char *port, int out)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int error = -1;

	if (fd < 0)
		return -1;
	if (!bring_loopback_up(fd) && !connect(fd, (struct sockaddr *)&to, sizeof(to)) &&
	    write(fd, request, strlen(request)) == (ssize_t)strlen(request))
		error = copy_answer(fd, out);
	close(fd);
	return error;
}

static long long ran_of_thread(const char *pid, const char *tid)
{
	char path[64];
	long long ns = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.10s/task/%.10s/schedstat", pid, tid);
	file = fopen(path, "r");
	if (!file)	/* ended meanwhile */
		return 0;
	if (fscanf(file, "%lld", &ns) != 1)
		ns = 0;
	fclose(file);
	return ns;
}

long long ran_of(const char *pid)
{
	struct dirent *entry;
	long long sum = 0;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.10s/task", pid);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			sum += ran_of_thread(pid, entry->d_name);
	closedir(dir);
	return sum;
}
