/* SPDX-License-Identifier: GPL-2.0 */
/* Names as the files have them: all but printable ASCII, and backslash, written as \ooo. */
#ifndef TEXT_H
#define TEXT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* The bytes that @from stands for, NUL-ended, to @to, which may be @from; returns @to. */
char *text_decode(char *to, const char *from);

/* The name for these bytes. The caller frees it. */
char *text_escape(const char *bytes);

/* What the name stands for as UTF-8: bytes that are none stay escaped. The caller frees it. */
char *text_to_utf8(const char *name);

/* Whether it is decimal digits and nothing else, one at least. */
bool text_is_number(const char *s);

/* The number of the digits at @s: 0 without any, the largest there is where it is larger. */
static inline unsigned long long text_number(const char *s)
{
	unsigned long long n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *s - '0', &n))
			return ULLONG_MAX;
	return n;
}

/* How many bytes the character at @s has, if it is one of well-formed UTF-8; else 0. */
size_t text_utf8(const char *s);

#endif
