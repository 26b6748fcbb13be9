// SPDX-License-Identifier: GPL-2.0
/* A table as JSON: an array with an object for each row, its keys the titles in lower case. */
#include "json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "table.h"
#include "text.h"

static void put_byte(unsigned char c, FILE *out)
{
	if (c == '"' || c == '\\')
		fprintf(out, "\\%c", c);
	else if (c < ' ' || c == 0x7f)
		fprintf(out, "\\u%04x", c);
	else
		putc(c, out);
}

void json_put_utf8(const char *text, FILE *out)
{
	putc('"', out);
	for (; *text; text++)
		put_byte(*text, out);
	putc('"', out);
}

/* JSON has no way to hold bytes that are no UTF-8. */
static void put_string(const char *cell, enum kind kind, FILE *out)
{
	char *text = kind == WORD ? xstrdup(cell) : text_to_utf8(cell);

	json_put_utf8(text, out);
	free(text);
}

/* A name may be "-" itself. */
static void put_cell(const char *cell, enum kind kind, FILE *out)
{
	if ((kind == NUMBER || kind == PATH) && !strcmp(cell, "-"))
		fputs("null", out);
	else if (kind == NUMBER)
		fputs(cell, out);
	else
		put_string(cell, kind, out);
}

static void put_key(const char *title, FILE *out)
{
	putc('"', out);
	for (; *title; title++)
		putc(tolower(*title), out);
	fputs("\":", out);
}

static void put_row(const struct table *t, char *const *cells, FILE *out)
{
	for (size_t i = 0; i < t->width; i++) {
		putc(i ? ',' : '{', out);
		put_key(t->columns[i].title, out);
		put_cell(cells[i], t->columns[i].kind, out);
	}
	putc('}', out);
}

void table_print_json(const struct table *t, FILE *out)
{
	putc('[', out);
	for (size_t row = 0; row < t->rows; row++) {
		fputs(row ? ",\n" : "\n", out);
		put_row(t, table_row(t, row), out);
	}
	fputs(t->rows ? "\n]\n" : "]\n", out);
}
