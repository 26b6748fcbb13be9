// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's side of the harness: runs commands for the host. wire.h has what is said over the
 * serial port that they share, job.c runs the commands, memory.c finds the memory for what is long.
 *
 * Nothing here blocks: what cannot be written at once waits in a buffer, so that a command's output
 * never keeps the port from being read, whose input would be lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"
#include "job.h"
#include "memory.h"
#include "wire.h"

#define PORT_OPTION   "taskmods.agent="
/* What klogctl() calls to set which messages consoles show. */
#define CONSOLE_LEVEL 8

static struct buffer from_host;
static int port;

static void read_port(void)
{
	char data[4096];
	ssize_t len = read(port, data, sizeof(data));
	struct header h;

	if (len < 0 && errno != EAGAIN)
		die("read");
	if (len > 0)
		append(&from_host, data, len);
	while (from_host.len >= HEADER_SIZE) {
		h.len = number32(from_host.data);
		h.job = number32(from_host.data + 4);
		h.type = from_host.data[8];
		if (from_host.len < HEADER_SIZE + h.len)
			break;
		handle(&h, from_host.data + HEADER_SIZE);
		consume(&from_host, HEADER_SIZE + h.len);
	}
}

static void write_port(void)
{
	ssize_t len = write(port, to_host.data, to_host.len);

	if (len > 0)
		consume(&to_host, len);
	else if (len < 0 && errno != EAGAIN)
		die("write");
}

/* The port that the host told the kernel of, as nobody else is told anything at boot. */
static char *find_port(void)
{
	static char line[4096];
	FILE *file = fopen("/proc/cmdline", "re");
	char *found;

	if (!file || !fgets(line, sizeof(line), file))
		die("/proc/cmdline");
	fclose(file);
	found = strstr(line, PORT_OPTION);
	if (!found) {
		fprintf(stderr, "agent: /proc/cmdline has no " PORT_OPTION "\n");
		exit(2);
	}
	return strtok(found + strlen(PORT_OPTION), " \n");
}

static void open_port(const char *path)
{
	struct termios t;

	port = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port < 0 || tcgetattr(port, &t))
		die(path);
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	t.c_cflag |= CLOCAL | CREAD;
	if (tcsetattr(port, TCSANOW, &t) || tcflush(port, TCIOFLUSH))
		die(path);
}

/* What the kernel says on a port that is a console, too, would come between our frames. */
static void silence_console(const char *path)
{
	char line[128], name[32];
	FILE *file = fopen("/proc/consoles", "re");

	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%31s", name) == 1 && !strcmp(name, strrchr(path, '/') + 1) &&
		    klogctl(CONSOLE_LEVEL, NULL, 1))
			perror("agent: cannot silence the console");
	fclose(file);
}

static int open_signals(void)
{
	sigset_t child;
	int fd;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &child, NULL))
		die("sigprocmask");
	fd = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		die("signalfd");
	signal(SIGPIPE, SIG_IGN);
	return fd;
}

/* A slot for every fd that may have news; a negative fd is skipped by poll(). */
static size_t fill(struct pollfd *fds, int signals)
{
	size_t n = 0;

	fds[n++] = (struct pollfd){ .fd = port, .events = POLLIN | (to_host.len ? POLLOUT : 0) };
	fds[n++] = (struct pollfd){ .fd = signals, .events = POLLIN };
	return n + fill_jobs(fds + n);
}

int main(int argc, char **argv)
{
	static struct pollfd fds[2 + FDS_A_JOB * MAX_JOBS];
	struct signalfd_siginfo info;
	const char *path;
	int signals;

	if (argc > 1)
		return modcall(argc, argv);

	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin:/opt/taskmods:/usr/libexec/busybox", 1);
	setenv("HOME", "/root", 1);
	path = find_port();
	silence_console(path);
	open_port(path);
	signals = open_signals();
	find_memory();
	greet();
	for (;;) {
		if (poll(fds, fill(fds, signals), -1) < 0 && errno != EINTR)
			die("poll");
		read_port();
		while (read(signals, &info, sizeof(info)) > 0)
			;
		serve_jobs();
		if (to_host.len)
			write_port();
	}
}
