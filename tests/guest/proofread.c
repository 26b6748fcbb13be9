// SPDX-License-Identifier: GPL-2.0
/*
 * proofread COLUMN,COLUMN...|report PATH PID...: reads a file of /proc/taskmods again and again, until
 * its standard input ends, and checks each reading: that of the report, or of a file with a line for
 * each task that has these columns.
 *
 * Each PID, where "self" is this process's own, must be in every reading of such a file; a report
 * counts at least as many. Readings differ in how much a read() asks for. Between two of them the file
 * is closed for as long as the reading took, so that its module can be unloaded; a file that is not
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
#define MAX_COLUMNS 32
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
static const char *columns[MAX_COLUMNS];
static int nr_columns;
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

/* What a cell of each kind is; each returns its length, or -1 where that is not of its kind. */
static int name(const char *p, int length)
{
	int bytes = 0, at = 0, next;

	for (; at < length; at += next, bytes++) {
		next = length_of_byte(p + at);
		if (!next)
			return -1;
	}
	return at == length && bytes <= MAX_NAME ? at : -1;
}

/* Without needless zeros. */
static int number(const char *p, int length)
{
	int digits = strspn(p, "0123456789");

	return digits == length && digits && digits <= 19 && (p[0] != '0' || digits == 1) ? digits : -1;
}

static int number_or_dash(const char *p, int length)
{
	return length == 1 && *p == '-' ? 1 : number(p, length);
}

static int state(const char *p, int length)
{
	return length == 1 && strchr(STATES, *p) ? 1 : -1;
}

static const struct {
	const char *title;
	int (*check)(const char *p, int length);
} kinds[] = {
	{ "PID", number }, { "PPID", number }, { "TID", number }, { "UID", number },
	{ "CGROUP", number }, { "LASTRUN", number_or_dash }, { "STATE", state },
	{ "COMM", name }, { "PARENT", name },
};

/* False where a cell of this column may not hold that; in one that is not known may be anything. */
static int is_cell(const char *title, const char *p, int length)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(title, kinds[i].title))
			return kinds[i].check(p, length) == length;
	return 1;
}

static int has_column(const char *title)
{
	for (int i = 0; i < nr_columns; i++)
		if (!strcmp(columns[i], title))
			return 1;
	return 0;
}

/* The cell in a line of a column that there is. */
static const char *cell(const char *line, const char *title)
{
	for (int i = 0; strcmp(columns[i], title); i++)
		line += strcspn(line, "\t\n") + 1;
	return line;
}

/* Process 1 has no parent in its pid namespace; nor has the initial one's kthreadd, and no other. */
static int can_have_parent(const char *line)
{
	long pid = atol(cell(line, "PID")), ppid = atol(cell(line, "PPID"));

	if (pid == 1)
		return ppid == 0;
	return ppid || (pid == 2 && strncmp(cell(line, "PARENT"), "-\n", 2));
}

/* Where a line is over. */
static const char *check_line(const char *line)
{
	const char *p = line;

	for (int i = 0; i < nr_columns; i++) {
		int length = strcspn(p, "\t\n");

		if (!is_cell(columns[i], p, length) || p[length] != (i < nr_columns - 1 ? '\t' : '\n'))
			complain("not a line of this file", line);
		p += length + 1;
	}
	if (has_column("PPID") && !can_have_parent(line))
		complain("not a parent that it can have", line);
	if (atol(cell(line, "PID")) < 1)
		complain("not a process", line);
	return p;
}

static const char *check_header(void)
{
	const char *p = content;

	for (int i = 0; i < nr_columns; i++) {
		size_t length = strlen(columns[i]);

		if (strncmp(p, columns[i], length) || p[length] != (i < nr_columns - 1 ? '\t' : '\n'))
			complain("not the header", content);
		p += length + 1;
	}
	return p;
}

/* Lines ascend by what a task is known by. */
static void check_lines(void)
{
	const char *line, *next, *key = has_column("TID") ? "TID" : "PID";
	long task, last = 0;
	int found = 0;

	for (line = check_header(); *line; line = next, last = task) {
		next = check_line(line);
		task = atol(cell(line, key));
		if (task <= last || task > INT_MAX)
			complain("not a greater number than the one before", line);
		for (int i = 0; i < nr_lasting; i++)
			found += lasting[i] == task;
	}
	if (found != nr_lasting)
		complain("one that lives on is not in it", NULL);
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

static void take_columns(char *words)
{
	for (char *word = strtok(words, ","); word && nr_columns < MAX_COLUMNS;
	     word = strtok(NULL, ","))
		columns[nr_columns++] = word;
}

int main(int argc, char **argv)
{
	void (*check)(void) = check_report;
	long began, took;

	if (argc > 2 && strcmp(argv[1], "report")) {
		take_columns(argv[1]);
		check = check_lines;
	}
	if (argc < 3 || argc - 3 > MAX_PIDS || (nr_columns && !has_column("PID"))) {
		fprintf(stderr, "usage: proofread PID,COLUMN...|report PATH PID...\n");
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
			check();
			readings++;
		} else {
			gone++;
		}
		took = milliseconds() - began;
	} while (rest(took > REST_MS ? took : REST_MS));
	return 0;
}
