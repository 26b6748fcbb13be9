// SPDX-License-Identifier: GPL-2.0
#include "watch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "changes.h"
#include "error.h"
#include "terminal.h"

#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"
/* What the title and the header take. */
#define ABOVE 3

static void put_title(FILE *out, const char *name, const struct table *t, double seconds,
		      const struct screen *screen)
{
	time_t now = time(NULL);
	char clock[16], line[512];
	size_t shown = t->rows < screen->rows ? t->rows : screen->rows;

	strftime(clock, sizeof(clock), "%T", localtime(&now));
	snprintf(line, sizeof(line), "taskmods %s, every %g s: %zu of %zu rows, %s, q: quit",
		 name, seconds, shown, t->rows, clock);
	fprintf(out, "%.*s\n\n", (int)screen->width, line);
}

/* Lines are cleared before they are written: after one as wide as the screen its end would go. */
static void put_lines(char *text, size_t rows)
{
	for (; rows && text && *text; rows--)
		printf(CLEAR_LINE "%s\n", strsep(&text, "\n"));
	fputs(CLEAR_BELOW, stdout);
}

static void draw(const char *name, const struct table *t, const bool *marks, double seconds)
{
	struct screen screen = { .marks = marks };
	size_t rows, columns, len;
	char *text;
	FILE *out;

	terminal_size(&rows, &columns);
	screen.width = columns;
	/* The last line is left: to end it would scroll. */
	rows--;
	screen.rows = rows > ABOVE ? rows - ABOVE : 0;
	out = open_memstream(&text, &len);
	if (!out)
		fatal("out of memory");
	put_title(out, name, t, seconds, &screen);
	table_print(t, &screen, out);
	fclose(out);
	fputs(HOME, stdout);
	put_lines(text, rows);
	free(text);
	finish_output();
}

static void watch_on_terminal(const char *name, view_fn *view, const struct query *query,
			      double seconds)
{
	struct table before = { 0 }, now;
	enum event event = EVENT_TIME;
	struct timespec end;
	bool *marks = NULL;

	do {
		if (event == EVENT_TIME) {
			view(query, &now);
			free(marks);
			marks = before.columns ? changes(&before, &now) : NULL;
			table_free(&before);
			before = now;
			end = terminal_in(seconds);
		}
		draw(name, &before, marks, seconds);
		event = terminal_wait(&end);
	} while (event != EVENT_QUIT);
	free(marks);
	table_free(&before);
}

static void watch_elsewhere(view_fn *view, const struct query *query, double seconds,
			    print_fn *print)
{
	struct timespec end;
	struct table t;

	do {
		view(query, &t);
		print(&t, stdout);
		table_free(&t);
		finish_output();
		end = terminal_in(seconds);
	} while (terminal_wait(&end) != EVENT_QUIT);
}

void watch(const char *name, view_fn *view, const struct query *query, double seconds,
	   print_fn *print, bool redraw)
{
	if (redraw && terminal_take())
		watch_on_terminal(name, view, query, seconds);
	else
		watch_elsewhere(view, query, seconds, print);
}
