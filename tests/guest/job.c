// SPDX-License-Identifier: GPL-2.0
/* The commands that run for the host: started, fed, listened to, and reaped. */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "job.h"
#include "memory.h"

#define FLAG_PTY 1
#define MAX_WORDS 1024
/* Output is read no faster than the port takes it. */
#define BACKLOG 65536
/* What is shorter goes over the port at once: telling that it is in memory takes a frame each way. */
#define SHORT 512

struct job {
	uint32_t id;
	pid_t pid;
	int in;
	int out;
	int err;
	int stdin_ended;
	int ended;
	uint32_t status;
	struct buffer input;
};

static struct job *jobs[MAX_JOBS];
/* The host has not read yet what we put into the memory. */
static int memory_is_full;

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

static int is_congested(void)
{
	return memory_is_full || to_host.len > BACKLOG;
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

/* A command that cannot be started ends as one does that a shell cannot start. */
static void refuse(uint32_t id, const char *why)
{
	send_frame(id, 'e', why, strlen(why));
	send_number(id, 'X', 126 << 8);
}

/* Returns how many words there are, or 0 if they are too many. */
static int split(char *payload, size_t len, char *argv[MAX_WORDS + 1])
{
	int argc = 0;

	for (char *p = payload; p < payload + len; p += strlen(p) + 1) {
		if (argc == MAX_WORDS)
			return 0;
		argv[argc++] = p;
	}
	argv[argc] = NULL;
	return argc;
}

void greet(void)
{
	send_number(0, 'H', 2 * memory.half);
}

/* While a guest is saved, its clock stands still. */
static void set_clock(const char *payload)
{
	struct timespec now = { .tv_sec = number64(payload), .tv_nsec = number32(payload + 8) };

	clock_settime(CLOCK_REALTIME, &now);
}

static int free_slot(void)
{
	int slot = 0;

	while (slot < MAX_JOBS && jobs[slot])
		slot++;
	return slot;
}

static void start_job(uint32_t id, char *payload, size_t len)
{
	static char *argv[MAX_WORDS + 1];
	int ours[3], theirs[3], slot = free_slot();
	struct job *job;

	if (!split(payload + 1, len - 1, argv)) {
		refuse(id, "agent: a command of no words, or of more than 1024\n");
		return;
	}
	if (slot == MAX_JOBS) {
		refuse(id, "agent: 64 commands run already: end some\n");
		return;
	}
	job = calloc(1, sizeof(*job));
	if (!job)
		die("calloc");

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
	send_number(id, 'S', job->pid);
}

/* What is long goes by the shared memory, if there is any; of stdout alone, the longer of the two. */
static void send_output(struct job *job, uint8_t type, const char *data, uint32_t len)
{
	if (type == 'O' && len > SHORT && len <= memory.half) {
		memcpy(memory.to_host, data, len);
		memory_is_full = 1;
		send_number(job->id, 'o', len);
	} else {
		send_frame(job->id, type, data, len);
	}
}

/* False where nothing was there to be passed on. */
static int forward(struct job *job, int *fd, uint8_t type)
{
	static char data[65536];
	ssize_t len;

	if (*fd < 0)
		return 0;
	len = read(*fd, data, memory.half ? sizeof(data) : 4096);
	if (len > 0) {
		send_output(job, type, data, len);
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

static void end_job(struct job **slot)
{
	struct job *job = *slot;

	send_number(job->id, 'X', job->status);
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
			if (jobs[i] && jobs[i]->pid == pid && !jobs[i]->ended) {
				jobs[i]->ended = 1;
				jobs[i]->status = status;
			}
}

static void resize(struct job *job, const char *payload)
{
	struct winsize size = { .ws_row = number16(payload), .ws_col = number16(payload + 2) };

	ioctl(job->out, TIOCSWINSZ, &size);
}

/* It is read at once, also where nobody wants it any more. */
static void take_from_memory(struct job *job, const char *payload)
{
	if (job)
		append(&job->input, memory.from_host, number32(payload));
	send_frame(0, 'A', NULL, 0);
}

void handle(const struct header *h, char *payload)
{
	struct job *job = find_job(h->job);

	switch (h->type) {
	case 'h':
		set_clock(payload);
		greet();
		return;
	case 'R':
		start_job(h->job, payload, h->len);
		return;
	case 'P':
		send_frame(0, 'A', NULL, 0);
		return;
	case 'A':
		memory_is_full = 0;
		return;
	case 'i':
		take_from_memory(job, payload);
		break;
	}
	if (!job)	/* it has ended meanwhile */
		return;
	switch (h->type) {
	case 'I':
		append(&job->input, payload, h->len);
		break;
	case 'E':
		job->stdin_ended = 1;
		break;
	case 'K':
		kill(-job->pid, payload[0]);
		break;
	case 'W':
		resize(job, payload);
		break;
	}
	feed(job);
}

size_t fill_jobs(struct pollfd *fds)
{
	int congested = is_congested();
	size_t n = 0;

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

/* A piece of each stream; false where nothing was there. */
static int listen_to(struct job *job)
{
	int heard = 0;

	if (!is_congested())
		heard |= forward(job, &job->out, 'O');
	if (!is_congested())
		heard |= forward(job, &job->err, 'e');
	return heard;
}

/* One that has ended is heard to its end first. */
static void serve(struct job **slot)
{
	struct job *job = *slot;

	feed(job);
	while (listen_to(job) && job->ended)
		;
	if (job->ended && !is_congested())
		end_job(slot);
}

void serve_jobs(void)
{
	static int first;

	reap();
	for (int i = 0; i < MAX_JOBS; i++) {
		struct job **slot = &jobs[(first + i) % MAX_JOBS];

		if (*slot)
			serve(slot);
	}
	/* Who fills the memory each time does not keep the others from it. */
	first = (first + 1) % MAX_JOBS;
}
