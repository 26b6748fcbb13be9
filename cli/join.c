// SPDX-License-Identifier: GPL-2.0
#include "join.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

struct entry {
	unsigned long pid;
	const char *cell;
};

struct join {
	struct table t;
	struct entry *entries;
	size_t n;
};

static int by_pid(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return (left->pid > right->pid) - (left->pid < right->pid);
}

struct join *join_read(const struct source *source, const char *title)
{
	struct join *join = xcalloc(1, sizeof(*join));
	int column, pid, tid;

	source_read(source, &join->t);
	column = table_column(&join->t, title);
	pid = table_column(&join->t, "PID");
	tid = table_column(&join->t, "TID");
	join->entries = xcalloc(join->t.rows, sizeof(*join->entries));
	for (size_t row = 0; row < join->t.rows; row++) {
		char **cells = table_row(&join->t, row);

		if (tid < 0 || !strcmp(cells[pid], cells[tid]))
			join->entries[join->n++] = (struct entry){
				strtoul(cells[pid], NULL, 10), cells[column] };
	}
	qsort(join->entries, join->n, sizeof(*join->entries), by_pid);
	return join;
}

const char *join_find(const struct join *join, const char *pid)
{
	struct entry wanted = { .pid = strtoul(pid, NULL, 10) };
	const struct entry *found = bsearch(&wanted, join->entries, join->n, sizeof(wanted),
					    by_pid);

	return found ? found->cell : NULL;
}

void join_free(struct join *join)
{
	if (!join)
		return;
	table_free(&join->t);
	free(join->entries);
	free(join);
}
