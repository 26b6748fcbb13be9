// SPDX-License-Identifier: GPL-2.0
/*
 * proofread tasks|threads|report PATH PID...: reads a file of /proc/taskmods again and again, until its
 * standard input ends, and checks each reading.
 *
 * Each PID, where "self" is this process's own, must be in every reading of tasks and threads; a
 * report counts at least as many. Readings differ in how much a read() asks for. Between two of them the file is
 * closed for as long as the reading took, so that its module can be unloaded; a file that is not
 * there is no error. Every line of standard input, and its end, is answered by two numbers: readings
 * so far, and how often there was no file. The first reading that is not as it should be goes to
 * standard error, below what is wrong with it, and the exit status is 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_FILE (4 << 20)
#define MAX_PIDS 64
#define MAX_NAME 15
#define STATES   "RSDTtXZPI"
#define TASKS_HEADER  "PID\tPPID\tSTATE\tCOMM\tPARENT\n"
#define THREADS_HEADER "PID\tTID\tSTATE\tUID\tCGROUP\tLASTRUN\tCOMM\n"
#define REPORT_HEADER "STATE                PROCESSES   THREADS\n"
#define REPORT_ROW    "%-20s %9lu %9lu\n"
/* The least time to leave a file alone, for others to have theirs. */
#define REST_MS 20

static const size_t sizes[] = { 65536, 4096, 511, 64, 7, 1 };
static const char *const rows[] = {
	"TASK_RUNNING", "TASK_INTERRUPTIBLE", "TASK_UNINTERRUPTIBLE", "TASK_STOPPED",
	"TASK_TRACED", "EXIT_DEAD", "EXIT_ZOMBIE", "TASK_PARKED", "TASK_IDLE",
};

static char content[MAX_FILE + 1];
static long lasting[MAX_PIDS];
static int nr_lasting;
static const char *path;
static size_t size;
static unsigned long readings, gone;

static _Noreturn void complain(const char *what, const char *line)
{
	fprintf(stderr, "proofread: %s: reading %lu, by %zu bytes: %s", path, readings + 1, size,
		what);
	if (line)
		fprintf(stderr, ": %.*s", (int)strcspn(line, "\n"), line);
	fprintf(stderr, "\n%s", content);
	exit(1);
}

/* The length of one byte of a name as it is written; 0 where none may be written so. */
static int length_of_byte(const char *p)
{
	unsigned int c;

	if (*p >= ' ' && *p <= '~' && *p != '\\')
		return 1;
	if (*p != '\\' || strspn(p + 1, "01234567") < 3)
		return 0;
	c = (p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0');
	return c && c <= 0xff && (c < ' ' || c > '~' || c == '\\') ? 4 : 0;
}

/* Where a name, and the character @end after it, is over; NULL where there is none. */
static const char *after_name(const char *p, char end)
{
	int bytes, length;

	for (bytes = 0; *p != end; bytes++, p += length) {
		length = length_of_byte(p);
		if (!length || bytes == MAX_NAME)
			return NULL;
	}
	return p + 1;
}

/* Where a number without needless zeros, and a tab, is over; NULL where there is none. */
static const char *after_number(const char *p, long *number)
{
	size_t digits = strspn(p, "0123456789");

	if (!digits || digits > 19 || (p[0] == '0' && digits > 1) || p[digits] != '\t')
		return NULL;
	*number = strtol(p, NULL, 10);
	return p + digits + 1;
}

/* Process 1 has no parent in its pid namespace; nor has the initial one's kthreadd, and no other. */
static int can_have_parent(long pid, long ppid, const char *parent)
{
	if (pid == 1)
		return ppid == 0;
	return ppid || (pid == 2 && strcmp(parent, "-\n"));
}

/* Where a state, and the tab after it, is over; NULL where there is none. */
static const char *after_state(const char *p)
{
	return *p && strchr(STATES, *p) && p[1] == '\t' ? p + 2 : NULL;
}

/* Where a line of a process is over. */
static const char *check_process(const char *line, long *pid)
{
	const char *p, *parent = NULL, *end = NULL;
	char name[4 * MAX_NAME + 2];
	long ppid;

	p = after_number(line, pid);
	p = p ? after_number(p, &ppid) : NULL;
	p = p ? after_state(p) : NULL;
	parent = p ? after_name(p, '\t') : NULL;
	end = parent ? after_name(parent, '\n') : NULL;
	if (!end)
		complain("not a line of a process", line);
	snprintf(name, sizeof(name), "%.*s", (int)(end - parent), parent);
	if (!can_have_parent(*pid, ppid, name))
		complain("not a parent that it can have", line);
	return end;
}

/* Where a line of a thread is over. */
static const char *check_thread(const char *line, long *tid)
{
	const char *p, *end;
	long pid, number;

	p = after_number(line, &pid);
	p = p ? after_number(p, tid) : NULL;
	p = p ? after_state(p) : NULL;
	for (int fields = 0; p && fields < 2; fields++)
		p = after_number(p, &number);
	if (p)
		p = strncmp(p, "-\t", 2) ? after_number(p, &number) : p + 2;
	end = p ? after_name(p, '\n') : NULL;
	if (!end || pid < 1)
		complain("not a line of a thread", line);
	return end;
}

static void check_lines(const char *header, const char *(*check)(const char *line, long *number))
{
	const char *line, *next;
	long number, last = 0;
	int found = 0;

	if (strncmp(content, header, strlen(header)))
		complain("not the header", content);
	for (line = content + strlen(header); *line; line = next, last = number) {
		next = check(line, &number);
		if (number <= last || number > INT_MAX)
			complain("not a greater number than the one before", line);
		for (int i = 0; i < nr_lasting; i++)
			found += lasting[i] == number;
	}
	if (found != nr_lasting)
		complain("one that lives on is not in it", NULL);
}

static void check_tasks(void)
{
	check_lines(TASKS_HEADER, check_process);
}

static void check_threads(void)
{
	check_lines(THREADS_HEADER, check_thread);
}

static const char *check_row(const char *line, const char *name, unsigned long *processes,
			     unsigned long *threads)
{
	char same[128];

	if (sscanf(line, "%*s %lu %lu", processes, threads) != 2)
		complain("not a row of the report", line);
	snprintf(same, sizeof(same), REPORT_ROW, name, *processes, *threads);
	if (strncmp(line, same, strlen(same)))
		complain("not the row that is due", line);
	return line + strlen(same);
}

static void check_report(void)
{
	unsigned long processes, threads, sum_processes = 0, sum_threads = 0;
	const char *p = content + strlen(REPORT_HEADER);

	if (strncmp(content, REPORT_HEADER, strlen(REPORT_HEADER)))
		complain("not the header", content);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = check_row(p, rows[i], &processes, &threads);
		sum_processes += processes;
		sum_threads += threads;
	}
	if (*check_row(p, "TOTAL", &processes, &threads))
		complain("something follows the total", NULL);
	if (processes != sum_processes || threads != sum_threads)
		complain("does not add up", p);
	if (threads < processes || processes < (unsigned long)nr_lasting)
		complain("too few", p);
}

/* False where there is no file. */
static int read_whole(void)
{
	size_t total = 0;
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	content[0] = '\0';
	if (fd < 0)
		complain("open", strerror(errno));
	while ((len = read(fd, content + total,
			   size < MAX_FILE - total ? size : MAX_FILE - total)) > 0)
		total += len;
	content[total] = '\0';
	if (len < 0)
		complain("read", strerror(errno));
	if (strlen(content) != total)
		complain("a NUL in it", NULL);
	if (total == MAX_FILE)
		complain("it does not end", NULL);
	close(fd);
	return 1;
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Answers what is asked in @ms milliseconds; false once standard input has ended. */
static int rest(int ms)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	long until = milliseconds() + ms;
	char asked[64];
	ssize_t len = 1;

	while (ms >= 0 && poll(&in, 1, ms) > 0 && len > 0) {
		len = read(0, asked, sizeof(asked));
		if (len <= 0 || memchr(asked, '\n', len))
			printf("%lu %lu\n", readings, gone);
		fflush(stdout);
		ms = until - milliseconds();
	}
	return len > 0;
}

static const struct {
	const char *name;
	void (*check)(void);
} files[] = {
	{ "tasks", check_tasks },
	{ "threads", check_threads },
	{ "report", check_report },
};

#define NR_FILES (sizeof(files) / sizeof(files[0]))

int main(int argc, char **argv)
{
	long began, took;
	size_t i = 0;

	while (argc > 2 && i < NR_FILES && strcmp(argv[1], files[i].name))
		i++;
	if (argc < 3 || argc - 3 > MAX_PIDS || i == NR_FILES) {
		fprintf(stderr, "usage: proofread tasks|threads|report PATH PID...\n");
		return 2;
	}
	path = argv[2];
	for (char **arg = argv + 3; *arg; arg++)
		lasting[nr_lasting++] = strcmp(*arg, "self") ? atol(*arg) : getpid();
	/* As process 1 of a pid namespace it gets orphans. */
	signal(SIGCHLD, SIG_IGN);
	do {
		size = sizes[readings % (sizeof(sizes) / sizeof(sizes[0]))];
		began = milliseconds();
		if (read_whole()) {
			files[i].check();
			readings++;
		} else {
			gone++;
		}
		took = milliseconds() - began;
	} while (rest(took > REST_MS ? took : REST_MS));
	return 0;
}
