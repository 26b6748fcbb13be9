// SPDX-License-Identifier: GPL-2.0
#include "wrap.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 90
#define INDENT 10

void wrap_print(const char *label, const char *text, size_t len)
{
	const char *end = text + len;
	size_t column = INDENT;

	printf("%-*s", INDENT, label);
	while (text < end) {
		const char *space = memchr(text, ' ', end - text);
		size_t word = (space ? space : end) - text;

		if (column > INDENT && column + 1 + word > WIDTH) {
			printf("\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			putchar(' ');
			column++;
		}
		fwrite(text, 1, word, stdout);
		column += word;
		text += space ? word + 1 : word;
	}
	putchar('\n');
}
