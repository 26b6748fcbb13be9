// SPDX-License-Identifier: GPL-2.0
#include "metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "error.h"
#include "modules.h"
#include "paths.h"
#include "source.h"
#include "states.h"
#include "tally.h"
#include "text.h"
#include "users.h"

static void put_family(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP taskmods_%s %s\n# TYPE taskmods_%s gauge\n", name, help, name);
}

/* Prometheus refuses a file with bytes that are no UTF-8: these stay escaped. */
static void put_label(FILE *out, const char *name, const char *escaped)
{
	char *value = xstrdup(escaped);

	text_decode(value, value);
	fprintf(out, "%s=\"", name);
	for (const char *s = value; *s;) {
		size_t len = text_utf8(s);

		if (*s == '\n')
			fputs("\\n", out);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (len)
			fwrite(s, 1, len, out);
		else
			fprintf(out, "\\\\%03o", (unsigned char)*s);
		s += len ? len : 1;
	}
	putc('"', out);
	free(value);
}

static void put_count(FILE *out, const char *name, unsigned long value)
{
	fprintf(out, "taskmods_%s %lu\n", name, value);
}

static void put_states(FILE *out, const struct table *report, const char *name,
		       const char *title, const char *help)
{
	int state = table_column(report, "STATE"), column = table_column(report, title);

	put_family(out, name, help);
	for (size_t row = 0; row < report->rows; row++) {
		char **cells = table_row(report, row);
		char letter = state_letter(cells[state]);

		if (letter)
			fprintf(out, "taskmods_%s{state=\"%c\"} %s\n", name, letter,
				cells[column]);
	}
}

/* The oldest, in seconds; below 0 where the kernel does not keep it. */
static double oldest_stuck(const struct table *threads)
{
	int state = table_column(threads, "STATE"), blocked = table_column(threads, "BLOCKED");
	double oldest = -1;

	for (size_t row = 0; row < threads->rows; row++) {
		char **cells = table_row(threads, row);
		double seconds = strtod(cells[blocked], NULL) / 1000;

		if (!strcmp(cells[blocked], "-"))
			continue;
		if (strcmp(cells[state], "D"))
			seconds = 0;
		if (seconds > oldest)
			oldest = seconds;
	}
	return oldest;
}

static void put_oldest(FILE *out, const struct table *threads)
{
	double oldest = oldest_stuck(threads);

	if (oldest < 0)
		return;
	put_family(out, "oldest_blocked_seconds",
		   "How long the thread that is in state D longest has been so; 0 without any.");
	fprintf(out, "taskmods_oldest_blocked_seconds %.3f\n", oldest);
}

/* One thing that threads are counted by. */
struct part {
	const char *name;
	const char *title;	/* of the column */
	void (*label)(FILE *out, const struct tally *tally, const char *path);
	const char *total_help, *stuck_help, *dropped_help, *dropped_threads_help;
};

static void label_user(FILE *out, const struct tally *tally, const char *path)
{
	char uid[24];

	(void)path;
	snprintf(uid, sizeof(uid), "%llu", tally->id);
	/* Two users may have one name. */
	fprintf(out, "uid=\"%s\",", uid);
	put_label(out, "user", user_name(uid));
}

static void label_cgroup(FILE *out, const struct tally *tally, const char *path)
{
	(void)tally;
	put_label(out, "cgroup", path);
}

static const struct part users = {
	"user", "UID", label_user,
	"Threads by user.", "Threads in state D by user.",
	"Users without rows of their own.", "Threads of users without rows of their own.",
};

static const struct part cgroups = {
	"cgroup", "CGROUP", label_cgroup,
	"Threads by control group.", "Threads in state D by control group.",
	"Control groups without rows of their own.",
	"Threads of control groups without rows of their own.",
};

static void put_rows(FILE *out, const struct part *part, const char *suffix, const char *help,
		     const struct tally *rows, char *const *paths, size_t n, bool stuck)
{
	char *name = xasprintf("%s_%s", part->name, suffix);

	put_family(out, name, help);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "taskmods_%s{", name);
		part->label(out, &rows[i], paths ? paths[i] : NULL);
		fprintf(out, "} %lu\n", stuck ? rows[i].stuck : rows[i].threads);
	}
	free(name);
}

static void put_dropped(FILE *out, const struct part *part, const struct tally *rows, size_t n)
{
	char *groups = xasprintf("dropped_%ss", part->name);
	char *threads = xasprintf("dropped_%s_threads", part->name);
	unsigned long count = 0;

	for (size_t i = 0; i < n; i++)
		count += rows[i].threads;
	put_family(out, groups, part->dropped_help);
	put_count(out, groups, n);
	put_family(out, threads, part->dropped_threads_help);
	put_count(out, threads, count);
	free(groups);
	free(threads);
}

static void put_part(FILE *out, const struct part *part, const struct tally *rows,
		     char *const *paths, size_t n)
{
	put_rows(out, part, "threads", part->total_help, rows, paths, n, false);
	put_rows(out, part, "blocked_threads", part->stuck_help, rows, paths, n, true);
}

static void put_users(FILE *out, const struct table *threads, size_t top)
{
	size_t n, shown;
	struct tally *rows = tally(threads, users.title, &n);

	shown = n < top ? n : top;
	put_part(out, &users, rows, NULL, shown);
	put_dropped(out, &users, rows + shown, n - shown);
	free(rows);
}

/* Make one row, the last, of those without a path: ids as labels would be more and more. */
static size_t merge_lost(struct tally *rows, char **paths, size_t n)
{
	struct tally lost = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (paths[i]) {
			rows[kept] = rows[i];
			paths[kept++] = paths[i];
		} else {
			lost.threads += rows[i].threads;
			lost.stuck += rows[i].stuck;
		}
	}
	if (kept < n) {
		rows[kept] = lost;
		paths[kept++] = xstrdup("unknown");
	}
	return kept;
}

static void put_cgroups(FILE *out, const struct table *threads, size_t top)
{
	size_t n, shown, merged;
	struct tally *rows = tally(threads, cgroups.title, &n);
	struct cgroup *groups;
	char **paths;

	shown = n < top ? n : top;
	groups = xcalloc(shown, sizeof(*groups));
	paths = xcalloc(shown, sizeof(*paths));
	for (size_t i = 0; i < shown; i++)
		groups[i].id = rows[i].id;
	cgroup_find(groups, shown);
	for (size_t i = 0; i < shown; i++)
		paths[i] = groups[i].path;
	merged = merge_lost(rows, paths, shown);
	put_part(out, &cgroups, rows, paths, merged);
	put_dropped(out, &cgroups, rows + shown, n - shown);
	for (size_t i = 0; i < merged; i++)
		free(paths[i]);
	free(groups);
	free(paths);
	free(rows);
}

static void put_cost(FILE *out, double report, double threads)
{
	put_family(out, "read_seconds", "How long it took to read the file.");
	fprintf(out, "taskmods_read_seconds{file=\"report\"} %.6f\n", report);
	if (threads >= 0)
		fprintf(out, "taskmods_read_seconds{file=\"threads\"} %.6f\n", threads);
}

static void put_version(FILE *out, const char *component, const char *version)
{
	fprintf(out, "taskmods_version_info{component=\"%s\",", component);
	put_label(out, "version", version);
	fputs("} 1\n", out);
}

static void put_versions(FILE *out)
{
	put_family(out, "version_info", "Versions, of this command and of the modules loaded.");
	put_version(out, "taskmods", VERSION);
	for (int i = 0; i < N_MODULES; i++) {
		char *version = module_loaded_version(modules[i]);

		if (version)
			put_version(out, modules[i], version);
		free(version);
	}
}

static double put_threads(FILE *out, size_t top)
{
	struct table threads;
	double seconds = source_read(&threads_source, &threads);

	put_oldest(out, &threads);
	put_users(out, &threads, top);
	put_cgroups(out, &threads, top);
	table_free(&threads);
	return seconds;
}

char *metrics_text(const struct metrics_query *query)
{
	double report_seconds, threads_seconds = -1;
	struct table report;
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		fatal("out of memory");
	report_seconds = source_read(&report_source, &report);
	put_states(out, &report, "processes", "PROCESSES",
		   "Processes by state of their first thread.");
	put_states(out, &report, "threads", "THREADS", "Threads by state.");
	table_free(&report);
	if (!query->brief)
		threads_seconds = put_threads(out, query->top);
	put_cost(out, report_seconds, threads_seconds);
	put_versions(out);
	if (fclose(out))
		fatal("out of memory");
	return text;
}
