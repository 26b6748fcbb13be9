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

static void put_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '"' || *value == '\\')
			fprintf(out, "\\%c", *value);
		else
			putc(*value, out);
	}
	putc('"', out);
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
	/* Set a label for each row; returns how many there are then, as some may be made one. */
	size_t (*name_rows)(struct tally *rows, char **labels, size_t n);
	void (*label)(FILE *out, const struct tally *tally, const char *label);
	const char *total_help, *stuck_help, *dropped_help, *dropped_threads_help;
};

static void label_user(FILE *out, const struct tally *tally, const char *label)
{
	/* Two users may have one name. */
	fprintf(out, "uid=\"%llu\",", tally->id);
	put_label(out, "user", label);
}

static void label_cgroup(FILE *out, const struct tally *tally, const char *label)
{
	(void)tally;
	put_label(out, "cgroup", label);
}

/* Make one row of those with one label: two of the same would be one series twice. */
static size_t merge(struct tally *rows, char **labels, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t same = 0;

		while (same < kept && strcmp(labels[same], labels[i]))
			same++;
		if (same == kept) {
			rows[kept] = rows[i];
			labels[kept++] = labels[i];
		} else {
			rows[same].threads += rows[i].threads;
			rows[same].stuck += rows[i].stuck;
			free(labels[i]);
		}
	}
	return kept;
}

static size_t name_users(struct tally *rows, char **labels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char uid[24];

		snprintf(uid, sizeof(uid), "%llu", rows[i].id);
		labels[i] = text_to_utf8(user_name(uid));
	}
	return n;
}

/* Ids in the place of paths that are not known would be more and more labels. */
static size_t name_cgroups(struct tally *rows, char **labels, size_t n)
{
	struct cgroup *groups = xcalloc(n, sizeof(*groups));

	for (size_t i = 0; i < n; i++)
		groups[i].id = rows[i].id;
	cgroup_find(groups, n);
	for (size_t i = 0; i < n; i++) {
		labels[i] = text_to_utf8(groups[i].path ? groups[i].path : "unknown");
		free(groups[i].path);
	}
	free(groups);
	return merge(rows, labels, n);
}

static const struct part users = {
	"user", "UID", name_users, label_user,
	"Threads by user.", "Threads in state D by user.",
	"Users without rows of their own.", "Threads of users without rows of their own.",
};

static const struct part cgroups = {
	"cgroup", "CGROUP", name_cgroups, label_cgroup,
	"Threads by control group.", "Threads in state D by control group.",
	"Control groups without rows of their own.",
	"Threads of control groups without rows of their own.",
};

static void put_rows(FILE *out, const struct part *part, const char *suffix, const char *help,
		     const struct tally *rows, char *const *labels, size_t n, bool stuck)
{
	char *name = xasprintf("%s_%s", part->name, suffix);

	put_family(out, name, help);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "taskmods_%s{", name);
		part->label(out, &rows[i], labels[i]);
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

static void put_part(FILE *out, const struct part *part, const struct table *threads, size_t top)
{
	size_t n, shown, named;
	struct tally *rows = tally(threads, part->title, &n);
	char **labels;

	shown = n < top ? n : top;
	labels = xcalloc(shown, sizeof(*labels));
	named = part->name_rows(rows, labels, shown);
	put_rows(out, part, "threads", part->total_help, rows, labels, named, false);
	put_rows(out, part, "blocked_threads", part->stuck_help, rows, labels, named, true);
	put_dropped(out, part, rows + shown, n - shown);
	for (size_t i = 0; i < named; i++)
		free(labels[i]);
	free(labels);
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
	put_part(out, &users, &threads, top);
	put_part(out, &cgroups, &threads, top);
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
