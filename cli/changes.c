// SPDX-License-Identifier: GPL-2.0
#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

static int compare_keys(const struct table *t, char *const *a, char *const *b)
{
	int order = 0;

	for (size_t i = 0; i < t->width && !order; i++)
		if (t->columns[i].key)
			order = strcmp(a[i], b[i]);
	return order;
}

static int compare_rows(const void *a, const void *b, void *t)
{
	return compare_keys(t, *(char **const *)a, *(char **const *)b);
}

static char ***index_rows(const struct table *t)
{
	char ***rows = xcalloc(t->rows, sizeof(*rows));

	for (size_t i = 0; i < t->rows; i++)
		rows[i] = table_row(t, i);
	qsort_r(rows, t->rows, sizeof(*rows), compare_rows, (void *)t);
	return rows;
}

static char **find_row(char ***rows, const struct table *t, char *const *wanted)
{
	size_t low = 0, high = t->rows;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare_keys(t, rows[middle], wanted);

		if (!order)
			return rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool *changes(const struct table *before, const struct table *now)
{
	bool *marks = xcalloc(now->rows * now->width, sizeof(*marks));
	char ***rows = index_rows(before);

	for (size_t row = 0; row < now->rows; row++) {
		char **cells = table_row(now, row);
		char **old = find_row(rows, before, cells);

		for (size_t i = 0; i < now->width; i++)
			marks[row * now->width + i] = !old || (!now->columns[i].restless &&
							       strcmp(old[i], cells[i]));
	}
	free(rows);
	return marks;
}
