// SPDX-License-Identifier: GPL-2.0
/* Tasks in state D, the one that has been for longest first. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cgroup.h"
#include "error.h"
#include "users.h"
#include "views.h"

enum { PID, TID, STATE, UID, CGROUP, BLOCKED, COMM };

static const struct column columns[] = {
	{ .title = "PID", .kind = NUMBER, .key = true },
	{ .title = "TID", .kind = NUMBER, .key = true },
	{ .title = "SECONDS", .kind = NUMBER, .restless = true },
	{ .title = "USER", .kind = NAME },
	{ .title = "CGROUP", .kind = PATH },
	{ .title = "COMM", .kind = NAME },
};

/* Unknown ages come last, and then lower pids first. */
static int longest_first(const void *a, const void *b)
{
	char *const *left = *(char **const *)a, *const *right = *(char **const *)b;
	long long l = strcmp(left[BLOCKED], "-") ? atoll(left[BLOCKED]) : -1;
	long long r = strcmp(right[BLOCKED], "-") ? atoll(right[BLOCKED]) : -1;

	if (l != r)
		return l < r ? 1 : -1;
	return atoll(left[TID]) < atoll(right[TID]) ? -1 : 1;
}

static bool is_stuck(char *const *thread, double min)
{
	if (strcmp(thread[STATE], "D"))
		return false;
	return min <= 0 || (strcmp(thread[BLOCKED], "-") && atoll(thread[BLOCKED]) >= 1000 * min);
}

static char *seconds(const char *ms)
{
	long long number = atoll(ms);

	if (!strcmp(ms, "-"))
		return xstrdup(ms);
	return xasprintf("%lld.%lld", number / 1000, number % 1000 / 100);
}

static void add_rows(struct table *t, char ***stuck, size_t n)
{
	struct cgroup *groups = xcalloc(n, sizeof(*groups));

	for (size_t i = 0; i < n; i++)
		groups[i].id = strtoull(stuck[i][CGROUP], NULL, 10);
	cgroup_find(groups, n);
	for (size_t i = 0; i < n; i++) {
		char **cells = table_add(t);

		cells[0] = table_own(t, xstrdup(stuck[i][PID]));
		cells[1] = table_own(t, xstrdup(stuck[i][TID]));
		cells[2] = table_own(t, seconds(stuck[i][BLOCKED]));
		cells[3] = table_own(t, xstrdup(user_name(stuck[i][UID])));
		cells[4] = table_own(t, groups[i].path ? groups[i].path : xstrdup("-"));
		cells[5] = table_own(t, xstrdup(stuck[i][COMM]));
	}
	free(groups);
}

void view_stuck(const struct query *query, struct table *t)
{
	struct table threads;
	char ***stuck;
	size_t n = 0;

	source_read(&threads_source, &threads);
	filter_apply(&query->filter, &threads_source, &threads);
	stuck = xcalloc(threads.rows, sizeof(*stuck));
	for (size_t row = 0; row < threads.rows; row++)
		if (is_stuck(table_row(&threads, row), query->min))
			stuck[n++] = table_row(&threads, row);
	qsort(stuck, n, sizeof(*stuck), longest_first);
	table_init(t, columns, ARRAY_SIZE(columns));
	add_rows(t, stuck, n);
	free(stuck);
	table_free(&threads);
}
