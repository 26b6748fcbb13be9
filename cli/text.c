// SPDX-License-Identifier: GPL-2.0
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
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

/* Lead bytes, and what the second byte may be: neither overlong, nor a surrogate, nor too high. */
static const struct {
	unsigned char first, last, low, high;
	size_t len;
} leads[] = {
	{ 0x01, 0x7f, 0x00, 0x00, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

size_t text_utf8(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;

	for (size_t i = 0; i < ARRAY_SIZE(leads); i++) {
		if (u[0] < leads[i].first || u[0] > leads[i].last)
			continue;
		if (leads[i].len > 1 && (u[1] < leads[i].low || u[1] > leads[i].high))
			return 0;
		for (size_t n = 2; n < leads[i].len; n++)
			if (u[n] < 0x80 || u[n] > 0xbf)
				return 0;
		return leads[i].len;
	}
	return 0;
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
