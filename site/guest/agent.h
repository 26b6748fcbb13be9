/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lab's agent: tells the page what the kernel does with modules, a JSON object a line.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define JOBS 4

/* say.c: an object is begun, gets members, and is sent. */
void open_port(const char *path);
int port_fd(void);
void begin(const char *type);
void member(const char *name, const char *text);
void number(const char *name, long value);
void raw(const char *name);
void put(const char *text);
void quote(const char *text, size_t len);
void send_it(void);
void die(const char *what) __attribute__((noreturn));

/* commands.c: which command a process is, by the kernel's process connector. */
struct command {
	pid_t pid;
	bool ours;	/* the page asked for it: nothing is told of it */
	int error;	/* of its last call for a module that failed */
	char call[24];	/* that call */
	char line[200];
};

int open_commands(void);
void read_commands(void);
struct command *command_of(pid_t pid);
bool tell_ends(void);

/* events.c, state.c: what the kernel does, and how it is then. */
int open_events(void);
bool tell_events(void);
void tell_state(bool again);

/* jobs.c: what the page has run, to see how far someone is. */
void start_job(const char *id, const char *command);
int job_fds(int fds[JOBS]);
void serve_jobs(void);
