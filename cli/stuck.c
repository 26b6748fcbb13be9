// SPDX-License-Identifier: GPL-2.0
/* Threads in state D, the one that was put on a processor longest ago first. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cgroup.h"
#include "error.h"
#include "users.h"
#include "views.h"

static const struct column columns[] = {
	{ .title = "PID", .kind = NUMBER, .key = true },
	{ .title = "TID", .kind = NUMBER, .key = true },
	{ .title = "SECONDS", .kind = NUMBER, .restless = true },
	{ .title = "USER", .kind = NAME },
	{ .title = "CGROUP", .kind = PATH },
	{ .title = "COMM", .kind = NAME },
};

/* A row of the threads file that is shown. */
struct stuck {
	size_t row;
	long long tid;
	long long ms;	/* since it was put on a processor; -1 where that is not kept */
};

/* Unknown times come last, and then lower pids first. */
static int longest_first(const void *a, const void *b)
{
	const struct stuck *left = a, *right = b;

	if (left->ms != right->ms)
		return left->ms < right->ms ? 1 : -1;
	return left->tid < right->tid ? -1 : 1;
}

static long long milliseconds(const char *lastrun)
{
	return strcmp(lastrun, "-") ? atoll(lastrun) : -1;
}

static char *seconds(long long ms)
{
	if (ms < 0)
		return xstrdup("-");
	return xasprintf("%lld.%lld", ms / 1000, ms % 1000 / 100);
}

/*
 * Those in state D that were last put on a processor at least @min seconds ago; their number goes
 * to @n. The caller frees them.
 */
static struct stuck *find_stuck(const struct table *threads, double min, size_t *n)
{
	struct stuck *all = xcalloc(threads->rows, sizeof(*all));

	*n = 0;
	for (size_t row = 0; row < threads->rows; row++) {
		struct stuck *stuck = &all[*n];

		if (strcmp(table_cell(threads, row, "STATE"), "D"))
			continue;
		stuck->row = row;
		stuck->tid = atoll(table_cell(threads, row, "TID"));
		stuck->ms = milliseconds(table_cell(threads, row, "LASTRUN"));
		if (min <= 0 || stuck->ms >= 1000 * min)
			(*n)++;
	}
	qsort(all, *n, sizeof(*all), longest_first);
	return all;
}

static void add_row(struct table *t, const struct table *threads, const struct stuck *stuck,
		    char *path)
{
	char **cells = table_add(t);

	cells[0] = table_own(t, xstrdup(table_cell(threads, stuck->row, "PID")));
	cells[1] = table_own(t, xstrdup(table_cell(threads, stuck->row, "TID")));
	cells[2] = table_own(t, seconds(stuck->ms));
	cells[3] = table_own(t, xstrdup(user_name(table_cell(threads, stuck->row, "UID"))));
	cells[4] = table_own(t, path ? path : xstrdup("-"));
	cells[5] = table_own(t, xstrdup(table_cell(threads, stuck->row, "COMM")));
}

static void add_rows(struct table *t, const struct table *threads, const struct stuck *stuck,
		     size_t n)
{
	struct cgroup *groups = xcalloc(n, sizeof(*groups));

	for (size_t i = 0; i < n; i++)
		groups[i].id = strtoull(table_cell(threads, stuck[i].row, "CGROUP"), NULL, 10);
	cgroup_find(groups, n);
	for (size_t i = 0; i < n; i++)
		add_row(t, threads, &stuck[i], groups[i].path);
	free(groups);
}

void view_stuck(const struct query *query, struct table *t)
{
	struct table threads;
	struct stuck *stuck;
	size_t n;

	source_read(&threads_source, &threads);
	filter_apply(&query->filter, &threads_source, &threads);
	stuck = find_stuck(&threads, query->min, &n);
	table_init(t, columns, ARRAY_SIZE(columns));
	add_rows(t, &threads, stuck, n);
	free(stuck);
	table_free(&threads);
}
