// SPDX-License-Identifier: GPL-2.0
/* Processes below their parents, of which those are shown that lead to one that is asked for. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "error.h"
#include "views.h"

#define NOBODY ((size_t)-1)

/* By rows of the tasks file, which ascend by pid. */
struct forest {
	struct table tasks;
	unsigned long *pids;
	size_t *parent;
	size_t *child;		/* the first one */
	size_t *sibling;	/* the next one */
	bool *shown;
	bool *done;
};

static const struct column columns[] = {
	{ .title = "PID", .kind = NUMBER, .key = true },
	{ .title = "STATE", .kind = WORD },
	{ .title = "COMM", .kind = WORD },
};

static int compare(const void *a, const void *b)
{
	const unsigned long *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static size_t row_of(const struct forest *f, const char *pid)
{
	unsigned long number = strtoul(pid, NULL, 10);
	const unsigned long *found = bsearch(&number, f->pids, f->tasks.rows, sizeof(*f->pids),
					     compare);

	return found ? (size_t)(found - f->pids) : NOBODY;
}

/* From the last on, so that the children of one parent ascend. */
static void link_rows(struct forest *f)
{
	for (size_t row = 0; row < f->tasks.rows; row++) {
		f->pids[row] = strtoul(table_cell(&f->tasks, row, "PID"), NULL, 10);
		f->child[row] = NOBODY;
		f->sibling[row] = NOBODY;
	}
	for (size_t row = f->tasks.rows; row-- > 0;) {
		size_t parent = row_of(f, table_cell(&f->tasks, row, "PPID"));

		f->parent[row] = parent;
		if (parent == NOBODY)
			continue;
		f->sibling[row] = f->child[parent];
		f->child[parent] = row;
	}
}

static void mark_shown(struct forest *f, const struct filter *filter)
{
	bool *matches = filter_match(filter, &tasks_source, &f->tasks);

	for (size_t row = 0; row < f->tasks.rows; row++)
		for (size_t up = row; matches[row] && up != NOBODY && !f->shown[up];
		     up = f->parent[up])
			f->shown[up] = true;
	free(matches);
}

static void grow(struct forest *f, const struct query *query)
{
	size_t n;

	source_read(&tasks_source, &f->tasks);
	n = f->tasks.rows;
	f->pids = xcalloc(n, sizeof(*f->pids));
	f->parent = xcalloc(n, sizeof(*f->parent));
	f->child = xcalloc(n, sizeof(*f->child));
	f->sibling = xcalloc(n, sizeof(*f->sibling));
	f->shown = xcalloc(n, sizeof(*f->shown));
	f->done = xcalloc(n, sizeof(*f->done));
	link_rows(f);
	mark_shown(f, &query->filter);
}

static void fell(struct forest *f)
{
	table_free(&f->tasks);
	free(f->pids);
	free(f->parent);
	free(f->child);
	free(f->sibling);
	free(f->shown);
	free(f->done);
}

/* The next in @row's list, itself included, that is to be shown and is not yet. */
static size_t next_shown(const struct forest *f, size_t row)
{
	while (row != NOBODY && (!f->shown[row] || f->done[row]))
		row = f->sibling[row];
	return row;
}

/* What stands before a name, four columns a level; it ends where the name begins. */
struct trunk {
	char *art;
	size_t depth;
	size_t room;
};

static void set_level(struct trunk *trunk, size_t level, const char *art)
{
	if (level >= trunk->room) {
		trunk->room = level ? 2 * level : 16;
		trunk->art = xrealloc(trunk->art, trunk->room, 4);
	}
	memcpy(trunk->art + 4 * level, art, 4);
}

static void add_row(struct forest *f, struct table *t, size_t row, const struct trunk *trunk)
{
	const struct table *tasks = &f->tasks;
	char **cells = table_add(t);

	cells[0] = table_own(t, xstrdup(table_cell(tasks, row, "PID")));
	cells[1] = table_own(t, xstrdup(table_cell(tasks, row, "STATE")));
	cells[2] = table_own(t, xasprintf("%.*s%s", (int)(4 * trunk->depth),
					  trunk->art ? trunk->art : "",
					  table_cell(tasks, row, "COMM")));
	f->done[row] = true;
}

/* The row after @row on the way through the tree below @root; NOBODY at the end. */
static size_t step(const struct forest *f, size_t row, size_t root, struct trunk *trunk)
{
	size_t next = next_shown(f, f->child[row]);

	if (next != NOBODY) {
		if (trunk->depth)
			set_level(trunk, trunk->depth - 1,
				  next_shown(f, f->sibling[row]) != NOBODY ? "|   " : "    ");
		trunk->depth++;
		return next;
	}
	while (row != root) {
		next = next_shown(f, f->sibling[row]);
		if (next != NOBODY)
			return next;
		row = f->parent[row];
		trunk->depth--;
	}
	return NOBODY;
}

static void add_tree(struct forest *f, struct table *t, size_t root)
{
	struct trunk trunk = { 0 };

	for (size_t row = root; row != NOBODY; row = step(f, row, root, &trunk)) {
		if (trunk.depth)
			set_level(&trunk, trunk.depth - 1,
				  next_shown(f, f->sibling[row]) != NOBODY ? "|-- " : "`-- ");
		add_row(f, t, row, &trunk);
	}
	free(trunk.art);
}

/*
 * Pids may be used anew while the file is read, so that two processes each seem to be the other's
 * parent: the second pass begins with what no root leads to.
 */
void view_tree(const struct query *query, struct table *t)
{
	struct forest f = { 0 };

	grow(&f, query);
	table_init(t, columns, ARRAY_SIZE(columns));
	for (size_t row = 0; row < f.tasks.rows; row++)
		if (f.shown[row] && f.parent[row] == NOBODY)
			add_tree(&f, t, row);
	for (size_t row = 0; row < f.tasks.rows; row++)
		if (f.shown[row] && !f.done[row])
			add_tree(&f, t, row);
	fell(&f);
}
