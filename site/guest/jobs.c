// SPDX-License-Identifier: GPL-2.0
/* Commands that the page has run, beside whoever sits at the terminal: how did they end? */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define PATIENCE 20

static struct job {
	pid_t pid;
	int fd;
	time_t began;
	size_t len;
	char id[16];
	char out[2048];
} jobs[JOBS];

static void run(const char *command, int fd)
{
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execl("/bin/bash", "bash", "-c", command, NULL);
	_exit(127);
}

void start_job(const char *id, const char *command)
{
	struct job *job = jobs;
	int fds[2];

	while (job < jobs + JOBS && job->pid)
		job++;
	if (job == jobs + JOBS || pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return;
	memset(job, 0, sizeof(*job));
	snprintf(job->id, sizeof(job->id), "%s", id);
	job->fd = fds[0];
	job->began = time(NULL);
	job->pid = fork();
	if (!job->pid) {
		setpgid(0, 0);
		run(command, fds[1]);
	}
	close(fds[1]);
}

int job_fds(int fds[JOBS])
{
	int n = 0;

	for (int i = 0; i < JOBS; i++)
		if (jobs[i].pid)
			fds[n++] = jobs[i].fd;
	return n;
}

static void finish(struct job *job, int status)
{
	begin("ran");
	member("id", job->id);
	number("status", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	raw("out");
	quote(job->out, job->len);
	send_it();
	close(job->fd);
	job->pid = 0;
}

/* What a job wrote is read before it is asked whether it has ended: so nothing is lost. */
void serve_jobs(void)
{
	int status;

	for (struct job *job = jobs; job < jobs + JOBS; job++) {
		char data[1024];
		bool ended;
		ssize_t len;

		if (!job->pid)
			continue;
		if (time(NULL) - job->began > PATIENCE)
			kill(-job->pid, SIGKILL);
		ended = waitpid(job->pid, &status, WNOHANG) == job->pid;
		while ((len = read(job->fd, data, sizeof(data))) > 0) {
			if ((size_t)len > sizeof(job->out) - job->len)
				len = sizeof(job->out) - job->len;
			memcpy(job->out + job->len, data, len);
			job->len += len;
		}
		if (ended)
			finish(job, status);
	}
}
