// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's side of the harness: runs commands for the host over a serial port.
 *
 * A frame is a header (payload length, job number, type) and a payload; numbers are little-endian,
 * as on the only architecture there is. The host names jobs.
 *
 *   from the host			to the host
 *   R flags, argv (each NUL-ended)	H the agent is there
 *   I bytes for stdin			S pid: started
 *   E end of stdin			O bytes of stdout
 *   K signal				e bytes of stderr
 *   W rows, columns			X wait status: ended, and nothing follows
 *
 * Nothing here blocks: what cannot be written at once waits in a buffer, so that a command's output
 * never keeps the port from being read, whose input would be lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"

#define MAX_JOBS 256
#define FLAG_PTY 1
/* Output is read no faster than the port takes it. */
#define BACKLOG 65536

struct header {
	uint32_t len;
	uint32_t job;
	uint8_t type;
} __attribute__((packed));

struct buffer {
	char *data;
	size_t len;
	size_t size;
};

struct job {
	uint32_t id;
	pid_t pid;
	int in;
	int out;
	int err;
	int stdin_ended;
	struct buffer input;
};

static struct job *jobs[MAX_JOBS];
static struct buffer from_host, to_host;
static int port;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void append(struct buffer *b, const void *data, size_t len)
{
	if (!len)
		return;
	if (!b->data || b->len + len > b->size) {
		b->size = (b->len + len) * 2;
		b->data = realloc(b->data, b->size);
		if (!b->data)
			die("realloc");
	}
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void consume(struct buffer *b, size_t len)
{
	b->len -= len;
	memmove(b->data, b->data + len, b->len);
}

static void send_frame(uint32_t job, uint8_t type, const void *data, uint32_t len)
{
	struct header h = { .len = len, .job = job, .type = type };

	append(&to_host, &h, sizeof(h));
	append(&to_host, data, len);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static struct job *find_job(uint32_t id)
{
	for (int i = 0; i < MAX_JOBS; i++)
		if (jobs[i] && jobs[i]->id == id)
			return jobs[i];
	return NULL;
}

/* In the child. */
static void become(char **argv, int in, int out, int err)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	if (isatty(in))
		ioctl(in, TIOCSCTTY, 0);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	execvp(argv[0], argv);
	dprintf(2, "agent: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void open_pipes(int ours[3], int theirs[3])
{
	int in[2], out[2], err[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("pipe");
	ours[0] = in[1];
	theirs[0] = in[0];
	ours[1] = out[0];
	theirs[1] = out[1];
	ours[2] = err[0];
	theirs[2] = err[1];
}

static void open_pty(int ours[3], int theirs[3])
{
	int master, slave;

	if (openpty(&master, &slave, NULL, NULL, NULL))
		die("openpty");
	fcntl(master, F_SETFD, FD_CLOEXEC);
	fcntl(slave, F_SETFD, FD_CLOEXEC);
	ours[0] = fcntl(master, F_DUPFD_CLOEXEC, 0);
	ours[1] = master;
	ours[2] = -1;
	theirs[0] = slave;
	theirs[1] = fcntl(slave, F_DUPFD_CLOEXEC, 0);
	theirs[2] = fcntl(slave, F_DUPFD_CLOEXEC, 0);
}

static void start_job(uint32_t id, char *payload, size_t len)
{
	int ours[3], theirs[3], slot = 0, argc = 0;
	char *argv[256];
	struct job *job;
	uint32_t pid;

	for (char *p = payload + 1; p < payload + len && argc < 255; p += strlen(p) + 1)
		argv[argc++] = p;
	argv[argc] = NULL;
	while (slot < MAX_JOBS && jobs[slot])
		slot++;
	job = calloc(1, sizeof(*job));
	if (!argc || slot == MAX_JOBS || !job)
		die("cannot start a job");

	if (payload[0] & FLAG_PTY)
		open_pty(ours, theirs);
	else
		open_pipes(ours, theirs);
	job->id = id;
	job->in = ours[0];
	job->out = ours[1];
	job->err = ours[2];
	job->pid = fork();
	if (job->pid < 0)
		die("fork");
	if (!job->pid)
		become(argv, theirs[0], theirs[1], theirs[2]);
	for (int i = 0; i < 3; i++) {
		close(theirs[i]);
		if (ours[i] >= 0)
			fcntl(ours[i], F_SETFL, O_NONBLOCK);
	}
	jobs[slot] = job;
	pid = job->pid;
	send_frame(id, 'S', &pid, sizeof(pid));
}

/* False once there is nothing more to come. */
static int forward(struct job *job, int *fd, uint8_t type)
{
	char data[4096];
	ssize_t len;

	if (*fd < 0)
		return 0;
	len = read(*fd, data, sizeof(data));
	if (len > 0) {
		send_frame(job->id, type, data, len);
		return 1;
	}
	if (len < 0 && errno == EAGAIN)
		return 0;
	close_fd(fd);
	return 0;
}

static void feed(struct job *job)
{
	ssize_t len = 0;

	if (job->in >= 0 && job->input.len) {
		len = write(job->in, job->input.data, job->input.len);
		if (len > 0)
			consume(&job->input, len);
		else if (errno != EAGAIN)
			close_fd(&job->in);
	}
	if (job->stdin_ended && !job->input.len)
		close_fd(&job->in);
}

static void end_job(struct job **slot, uint32_t status)
{
	struct job *job = *slot;

	while (forward(job, &job->out, 'O'))
		;
	while (forward(job, &job->err, 'e'))
		;
	send_frame(job->id, 'X', &status, sizeof(status));
	close_fd(&job->in);
	close_fd(&job->out);
	close_fd(&job->err);
	free(job->input.data);
	free(job);
	*slot = NULL;
}

/* The agent is process 1: orphans come to it too. */
static void reap(void)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < MAX_JOBS; i++)
			if (jobs[i] && jobs[i]->pid == pid)
				end_job(&jobs[i], status);
}

static void handle(const struct header *h, char *payload)
{
	struct job *job = find_job(h->job);

	if (h->type == 'R') {
		start_job(h->job, payload, h->len);
		return;
	}
	if (!job)	/* it has ended meanwhile */
		return;
	switch (h->type) {
	case 'I':
		append(&job->input, payload, h->len);
		feed(job);
		break;
	case 'E':
		job->stdin_ended = 1;
		feed(job);
		break;
	case 'K':
		kill(-job->pid, payload[0]);
		break;
	case 'W': {
		struct winsize size = { 0 };

		memcpy(&size.ws_row, payload, 2);
		memcpy(&size.ws_col, payload + 2, 2);
		ioctl(job->out, TIOCSWINSZ, &size);
		break;
	}
	}
}

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
	int congested = to_host.len > BACKLOG;
	size_t n = 0;

	fds[n++] = (struct pollfd){ .fd = port, .events = POLLIN | (to_host.len ? POLLOUT : 0) };
	fds[n++] = (struct pollfd){ .fd = signals, .events = POLLIN };
	for (int i = 0; i < MAX_JOBS; i++) {
		struct job *job = jobs[i];

		if (!job)
			continue;
		fds[n++] = (struct pollfd){ .fd = congested ? -1 : job->out, .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = congested ? -1 : job->err, .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = job->input.len ? job->in : -1, .events = POLLOUT };
	}
	return n;
}

int main(int argc, char **argv)
{
	static struct pollfd fds[2 + 3 * MAX_JOBS];
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
	send_frame(0, 'H', NULL, 0);
	for (;;) {
		if (poll(fds, fill(fds, signals), -1) < 0 && errno != EINTR)
			die("poll");
		read_port();
		while (read(signals, &info, sizeof(info)) > 0)
			;
		for (int i = 0; i < MAX_JOBS; i++) {
			if (!jobs[i])
				continue;
			feed(jobs[i]);
			if (to_host.len <= BACKLOG) {
				forward(jobs[i], &jobs[i]->out, 'O');
				forward(jobs[i], &jobs[i]->err, 'e');
			}
		}
		reap();
		if (to_host.len)
			write_port();
	}
}
