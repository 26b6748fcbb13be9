/* SPDX-License-Identifier: GPL-2.0 */
/* Rows of cells: what every view is, and what is written as a table, as TSV or as JSON. */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum kind {
	NUMBER,		/* to the right; in JSON a number, or null where it is "-" */
	WORD,		/* as it is */
	NAME,		/* escaped as in text.h; in JSON what that stands for */
	PATH,		/* the same, but null where it is "-" */
};

struct column {
	const char *title;
	enum kind kind;
	bool key;	/* tells rows apart */
	bool restless;	/* changes all the time: no news */
};

/* @cells has @width of them for each of @rows rows; @owned are what they point into. */
struct table {
	const struct column *columns;
	size_t width;
	char **cells;
	size_t rows;
	size_t room;
	void **owned;
	size_t n_owned;
};

void table_init(struct table *t, const struct column *columns, size_t width);
void table_free(struct table *t);

/* Have the table free @memory; returns it. */
void *table_own(struct table *t, void *memory);

/* The cells of a row that is new, to be filled. */
char **table_add(struct table *t);

/* Where the column of that title is, or -1. */
int table_column(const struct table *t, const char *title);

static inline char **table_row(const struct table *t, size_t row)
{
	return t->cells + row * t->width;
}

/* The cell of a row in the column of a title, which must be there. */
static inline char *table_cell(const struct table *t, size_t row, const char *title)
{
	return table_row(t, row)[table_column(t, title)];
}

/* Which cells to mark in a table on a terminal, and how wide that is; for those of table_print. */
struct screen {
	size_t first, rows;	/* what is shown */
	size_t width;		/* in columns; 0: without a limit */
	const bool *marks;	/* as cells; may be NULL */
};

void table_print(const struct table *t, const struct screen *screen, FILE *out);
void table_print_tsv(const struct table *t, FILE *out);
void table_print_json(const struct table *t, FILE *out);

#endif
