// SPDX-License-Identifier: GPL-2.0
/*
 * lab-agent PORT TERMINAL: tells the page at the other end of PORT what the kernel does with
 * modules, and does what it asks for, a line each:
 *
 *   state           all that is told of, again
 *   size ROWS COLS  TERMINAL's
 *   time SECONDS    what time it is
 *   run ID COMMAND  how does it end?
 */
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <fcntl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

/* Milliseconds after which it looks at what no event tells of: who has files open. */
#define LOOK 1000

static const char *terminal;

static void greet(void)
{
	struct utsname name;

	uname(&name);
	begin("hello");
	member("release", name.release);
	send_it();
}

static void resize(const char *words)
{
	struct winsize size = { 0 };
	int fd = open(terminal, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (sscanf(words, "%hu %hu", &size.ws_row, &size.ws_col) == 2 && fd >= 0)
		ioctl(fd, TIOCSWINSZ, &size);
	if (fd >= 0)
		close(fd);
}

static void obey(char *line)
{
	struct timespec now = { 0 };
	char *words = strchr(line, ' '), *rest;

	if (!strcmp(line, "state")) {
		greet();
		tell_state(true);
	}
	if (!words)
		return;
	*words++ = '\0';
	if (!strcmp(line, "size")) {
		resize(words);
	} else if (!strcmp(line, "time")) {
		now.tv_sec = atol(words);
		clock_settime(CLOCK_REALTIME, &now);
	} else if (!strcmp(line, "run")) {
		rest = strchr(words, ' ');
		if (!rest)
			return;
		*rest++ = '\0';
		start_job(words, rest);
	}
}

static void read_port(void)
{
	static char data[4096];
	static size_t have;
	ssize_t len = read(port_fd(), data + have, sizeof(data) - 1 - have);
	char *end;

	if (len <= 0)
		return;
	have += len;
	data[have] = '\0';
	while ((end = strchr(data, '\n'))) {
		*end = '\0';
		obey(data);
		have -= end + 1 - data;
		memmove(data, end + 1, have + 1);
	}
	if (have == sizeof(data) - 1)
		have = 0;
}

int main(int argc, char **argv)
{
	struct sched_param first = { .sched_priority = 1 };
	struct pollfd fds[3 + JOBS];
	int jobs[JOBS];

	if (argc != 3) {
		fprintf(stderr, "usage: lab-agent PORT TERMINAL\n");
		return 2;
	}
	terminal = argv[2];
	setsid();
	/* It reads what a command is before that goes on, and possibly ends. */
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
		die("sched_setscheduler");
	open_port(argv[1]);
	fds[0] = (struct pollfd){ .fd = port_fd(), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = open_commands(), .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = open_events(), .events = POLLIN };
	greet();
	tell_state(true);
	for (;;) {
		int n = job_fds(jobs);
		bool news;

		for (int i = 0; i < n; i++)
			fds[3 + i] = (struct pollfd){ .fd = jobs[i], .events = POLLIN };
		news = poll(fds, 3 + n, n ? LOOK / 20 : LOOK) == 0;
		if (fds[0].revents)
			read_port();
		read_commands();
		news |= tell_events();
		news |= tell_ends();
		serve_jobs();
		if (news)
			tell_state(false);
	}
}
