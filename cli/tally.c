// SPDX-License-Identifier: GPL-2.0
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

static int by_id(const void *a, const void *b)
{
	const struct tally *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

static int by_threads(const void *a, const void *b)
{
	const struct tally *left = a, *right = b;

	if (left->threads != right->threads)
		return left->threads < right->threads ? 1 : -1;
	return by_id(a, b);
}

/* Add up those of one id, which are neighbours. */
static size_t add_up(struct tally *all, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (kept && all[kept - 1].id == all[i].id) {
			all[kept - 1].threads += all[i].threads;
			all[kept - 1].stuck += all[i].stuck;
		} else {
			all[kept++] = all[i];
		}
	}
	return kept;
}

struct tally *tally(const struct table *threads, const char *title, size_t *n)
{
	struct tally *all = xcalloc(threads->rows, sizeof(*all));
	int column = table_column(threads, title), state = table_column(threads, "STATE");

	for (size_t row = 0; row < threads->rows; row++) {
		char **cells = table_row(threads, row);

		all[row] = (struct tally){ strtoull(cells[column], NULL, 10), 1,
					   !strcmp(cells[state], "D") };
	}
	qsort(all, threads->rows, sizeof(*all), by_id);
	*n = add_up(all, threads->rows);
	qsort(all, *n, sizeof(*all), by_threads);
	return all;
}
