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
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"
#include "job.h"
#include "memory.h"
#include "wire.h"

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
	while (from_host.len >= sizeof(h)) {
		memcpy(&h, from_host.data, sizeof(h));
		if (from_host.len < sizeof(h) + h.len)
			break;
		handle(&h, from_host.data + sizeof(h));
		consume(&from_host, sizeof(h) + h.len);
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
	int signals;

	if (argc < 2) {
		fprintf(stderr, "usage: agent PORT | agent CALL ARGUMENTS\n");
		return 2;
	}
	if (argc > 2)
		return modcall(argc, argv);

	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin:/opt/taskmods:/usr/libexec/busybox", 1);
	setenv("HOME", "/root", 1);
	open_port(argv[1]);
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
