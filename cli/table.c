// SPDX-License-Identifier: GPL-2.0
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

#define MARK "\033[7m"
#define UNMARK "\033[m"

void table_init(struct table *t, const struct column *columns, size_t width)
{
	*t = (struct table){ .columns = columns, .width = width };
}

void table_free(struct table *t)
{
	for (size_t i = 0; i < t->n_owned; i++)
		free(t->owned[i]);
	free(t->owned);
	free(t->cells);
	table_init(t, t->columns, t->width);
}

void *table_own(struct table *t, void *memory)
{
	/* A power of two is when there is no more room. */
	if (!(t->n_owned & (t->n_owned - 1)))
		t->owned = xrealloc(t->owned, t->n_owned ? 2 * t->n_owned : 1, sizeof(*t->owned));
	t->owned[t->n_owned++] = memory;
	return memory;
}

char **table_add(struct table *t)
{
	if (t->rows == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->cells = xrealloc(t->cells, t->room, t->width * sizeof(*t->cells));
	}
	return table_row(t, t->rows++);
}

int table_column(const struct table *t, const char *title)
{
	for (size_t i = 0; i < t->width; i++)
		if (!strcmp(t->columns[i].title, title))
			return i;
	return -1;
}

/* What is left of a line of the screen. */
struct line {
	FILE *out;
	size_t left;
};

static void put(struct line *line, const char *text, size_t pad, bool right)
{
	size_t len = strlen(text);
	size_t before = right && pad > len ? pad - len : 0;
	size_t after = !right && pad > len ? pad - len : 0;
	size_t shown;

	before = before < line->left ? before : line->left;
	line->left -= before;
	shown = len < line->left ? len : line->left;
	line->left -= shown;
	after = after < line->left ? after : line->left;
	line->left -= after;
	fprintf(line->out, "%*s%.*s%*s", (int)before, "", (int)shown, text, (int)after, "");
}

/* Without spaces at the end of the line. */
static void put_row(const struct table *t, char *const *cells, const size_t *widths,
		    const bool *marks, const struct screen *screen, FILE *out)
{
	struct line line = { out, screen->width ? screen->width : (size_t)-1 };

	for (size_t i = 0; i < t->width; i++) {
		bool right = t->columns[i].kind == NUMBER;

		if (i)
			put(&line, " ", 1, false);
		if (marks && marks[i])
			fputs(MARK, out);
		put(&line, cells[i], right || i + 1 < t->width ? widths[i] : 0, right);
		if (marks && marks[i])
			fputs(UNMARK, out);
	}
	putc('\n', out);
}

static void measure(const struct table *t, size_t *widths, char **titles)
{
	for (size_t i = 0; i < t->width; i++) {
		titles[i] = (char *)t->columns[i].title;
		widths[i] = strlen(titles[i]);
	}
	for (size_t row = 0; row < t->rows; row++)
		for (size_t i = 0; i < t->width; i++) {
			size_t len = strlen(table_row(t, row)[i]);

			if (len > widths[i])
				widths[i] = len;
		}
}

void table_print(const struct table *t, const struct screen *screen, FILE *out)
{
	size_t *widths = xcalloc(t->width, sizeof(*widths));
	char **titles = xcalloc(t->width, sizeof(*titles));

	measure(t, widths, titles);
	put_row(t, titles, widths, NULL, screen, out);
	for (size_t row = screen->first; row < t->rows && row - screen->first < screen->rows; row++)
		put_row(t, table_row(t, row), widths,
			screen->marks ? screen->marks + row * t->width : NULL, screen, out);
	free(widths);
	free(titles);
}

void table_print_tsv(const struct table *t, FILE *out)
{
	for (size_t i = 0; i < t->width; i++)
		fprintf(out, "%s%c", t->columns[i].title, i + 1 < t->width ? '\t' : '\n');
	for (size_t row = 0; row < t->rows; row++)
		for (size_t i = 0; i < t->width; i++)
			fprintf(out, "%s%c", table_row(t, row)[i], i + 1 < t->width ? '\t' : '\n');
}
