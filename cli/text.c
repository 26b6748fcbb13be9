// SPDX-License-Identifier: GPL-2.0
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

static int octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The byte of the escape at @s, or 0 where there is none: no name holds a NUL. */
static unsigned char escaped_byte(const char *s)
{
	if (s[0] != '\\' || s[1] > '3' || !octal(s[1]) || !octal(s[2]) || !octal(s[3]))
		return 0;
	return (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
}

char *text_decode(char *to, const char *from)
{
	char *p = to;

	while (*from) {
		unsigned char byte = escaped_byte(from);

		*p++ = byte ? (char)byte : *from;
		from += byte ? 4 : 1;
	}
	*p = '\0';
	return to;
}

char *text_escape(const char *bytes)
{
	char *text = xcalloc(4 * strlen(bytes) + 1, 1);
	char *p = text;

	for (; *bytes; bytes++) {
		unsigned char c = *bytes;

		if (c >= ' ' && c <= '~' && c != '\\')
			*p++ = c;
		else
			p += sprintf(p, "\\%03o", c);
	}
	return text;
}

bool text_is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

char *text_to_utf8(const char *name)
{
	char *bytes = xstrdup(name), *text = xcalloc(4 * strlen(name) + 1, 1), *p = text;
	size_t len;

	text_decode(bytes, bytes);
	for (const char *s = bytes; *s; s += len ? len : 1) {
		len = text_utf8(s);
		if (len)
			p = mempcpy(p, s, len);
		else
			p += sprintf(p, "\\%03o", (unsigned char)*s);
	}
	free(bytes);
	return text;
}
