// SPDX-License-Identifier: GPL-2.0
#include "watch.h"

#include <stdlib.h>
#include <time.h>

#include "changes.h"
#include "error.h"
#include "terminal.h"

#define HOME "\033[H"
#define CLEAR_BELOW "\033[J"
#define CLEAR_LINE "\033[K"
/* What the title and the header take. */
#define ABOVE 3

static void put_title(const char *name, const struct table *t, double seconds, size_t shown,
		      size_t columns)
{
	time_t now = time(NULL);
	char clock[16], line[512];
	int len;

	strftime(clock, sizeof(clock), "%T", localtime(&now));
	len = snprintf(line, sizeof(line), "taskmods %s, every %g s: %zu of %zu rows, %s, q: quit",
		       name, seconds, shown, t->rows, clock);
	if ((size_t)len > columns)
		line[columns] = '\0';
	printf("%s" CLEAR_LINE "\n" CLEAR_LINE "\n", line);
}

/* Each line is cleared before it is written, so that nothing flickers. */
static void put_lines(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs(CLEAR_LINE, stdout);
		putchar(*text);
	}
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
	screen.rows = rows > ABOVE + 1 ? rows - ABOVE - 1 : 0;
	out = open_memstream(&text, &len);
	if (!out)
		fatal("out of memory");
	table_print(t, &screen, out);
	fclose(out);
	fputs(HOME, stdout);
	put_title(name, t, seconds, t->rows < screen.rows ? t->rows : screen.rows, columns);
	put_lines(text);
	fputs(CLEAR_BELOW, stdout);
	free(text);
	finish_output();
}

static void watch_on_terminal(const char *name, view_fn *view, const struct query *query,
			      double seconds)
{
	struct table before = { 0 }, now;
	enum event event = EVENT_TIME;
	bool *marks = NULL;

	do {
		if (event == EVENT_TIME) {
			view(query, &now);
			free(marks);
			marks = before.columns ? changes(&before, &now) : NULL;
			table_free(&before);
			before = now;
		}
		draw(name, &before, marks, seconds);
		event = terminal_wait(seconds);
	} while (event != EVENT_QUIT);
	free(marks);
	table_free(&before);
}

static void watch_elsewhere(view_fn *view, const struct query *query, double seconds,
			    print_fn *print)
{
	struct table t;

	do {
		view(query, &t);
		print(&t, stdout);
		table_free(&t);
		finish_output();
	} while (terminal_wait(seconds) != EVENT_QUIT);
}

void watch(const char *name, view_fn *view, const struct query *query, double seconds,
	   print_fn *print, bool redraw)
{
	if (redraw && terminal_take())
		watch_on_terminal(name, view, query, seconds);
	else
		watch_elsewhere(view, query, seconds, print);
}
