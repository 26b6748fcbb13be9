// SPDX-License-Identifier: GPL-2.0
/* A table as JSON: an array with an object for each row, its keys the titles in lower case. */
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

/* Bytes that are no UTF-8 stay as the file wrote them: JSON has no way to hold them. */
static void put_bytes(const char *s, FILE *out)
{
	while (*s) {
		size_t len = text_utf8(s);

		if (len == 1)
			put_byte(*s, out);
		else if (len)
			fwrite(s, 1, len, out);
		else
			fprintf(out, "\\\\%03o", (unsigned char)*s);
		s += len ? len : 1;
	}
}

static void put_string(const char *cell, enum kind kind, FILE *out)
{
	char *bytes = xstrdup(cell);

	if (kind != WORD)
		text_decode(bytes, bytes);
	putc('"', out);
	put_bytes(bytes, out);
	putc('"', out);
	free(bytes);
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
