// SPDX-License-Identifier: GPL-2.0
/* A line as it is pasted, without what is not of the message. */
#include <string.h>

#include "array.h"
#include "match.h"
#include "text.h"

#define ESCAPE 0x1b
#define BELL 0x07
/* A longer one is none. */
#define MAX_SEQUENCE 256

/* Marks of quotation, and spaces, that are not ASCII's, as UTF-8 has them. */
static const char *const quotes[] = {
	"\u00b4", "\u2018", "\u2019", "\u201a", "\u201b", "\u201c", "\u201d",
	"\u201e", "\u201f", "\u00ab", "\u00bb", "\u2039", "\u203a", "\u300c", "\u300d", "\u300e",
	"\u300f", "\uff02", "\uff07",
};

static const char *const spaces[] = { "\u00a0", "\u2009", "\u202f", "\u3000", "\ufeff" };

/* Characters that change how those around them are shown. */
static const char *const unruly[] = {
	"\u200b", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2028",
	"\u2029", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff",
};

/* How many bytes of @s, which has @len, one of @all takes; 0 for none. */
static size_t one_of(const char *const *all, size_t n, const char *s, size_t len)
{
	for (size_t i = 0; i < n; i++) {
		size_t size = strlen(all[i]);

		if (size <= len && !memcmp(s, all[i], size))
			return size;
	}
	return 0;
}

/* The length of a sequence that ends with BEL, or with ESC and a backslash; or of its begin. */
static size_t string_sequence(const char *s, size_t len)
{
	for (size_t i = 2; i < len && i < MAX_SEQUENCE; i++) {
		if (s[i] == BELL)
			return i + 1;
		if (s[i] == ESCAPE)
			return i + 1 < len && s[i + 1] == '\\' ? i + 2 : i;
	}
	return 2;
}

/* What a terminal would obey, at the beginning of @s: its length, or 0. As syslog has it, too. */
static size_t sequence(const char *s, size_t len)
{
	size_t i = s[0] == ESCAPE ? 1 : len > 4 && !memcmp(s, "#033[", 5) ? 4 : 0;

	if (!i || i >= len)
		return i;
	if (s[i] == ']' || s[i] == 'P')
		return string_sequence(s, len);
	if (s[i] != '[')
		return i + 1;
	for (i++; i < len && (s[i] & 0xe0) == 0x20; i++)
		;
	for (; i < len && (s[i] & 0xf0) == 0x30; i++)
		;
	return i < len && s[i] >= 0x40 && s[i] <= 0x7e ? i + 1 : i;
}

static bool is_ascii(unsigned char c)
{
	return c < 0x80;
}

static bool is_space(unsigned char c)
{
	return c <= ' ' || c == 0x7f;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

/* What is left out at the beginning of @s: its length. */
static size_t left_out(const char *s, size_t len)
{
	if (*s == '\'' || *s == '"' || *s == '`')
		return 1;
	if (*s == ESCAPE || *s == '#')
		return sequence(s, len);
	return is_ascii(*s) ? 0 : one_of(quotes, ARRAY_SIZE(quotes), s, len);
}

static size_t space(const char *s, size_t len)
{
	if (is_ascii(*s))
		return is_space(*s);
	return one_of(spaces, ARRAY_SIZE(spaces), s, len);
}

/* Control characters are spaces, but those up to @last_mark. */
static size_t plain_text(char *plain, const char *line, size_t len, char last_mark)
{
	size_t n = 0, size;

	for (size_t i = 0; i < len && n < MATCH_WINDOW; i += size) {
		bool is_mark = line[i] > 0 && line[i] <= last_mark;

		size = left_out(line + i, len - i);
		if (size)
			continue;
		size = is_mark ? 0 : space(line + i, len - i);
		if (!size) {
			plain[n++] = lower(line[i]);
			size = 1;
		} else if (n && plain[n - 1] != ' ') {
			plain[n++] = ' ';
		}
	}
	return n && plain[n - 1] == ' ' ? n - 1 : n;
}

size_t match_plain(char *plain, const char *line, size_t len)
{
	return plain_text(plain, line, len, 0);
}

size_t match_plain_pattern(char *plain, const char *text, size_t len)
{
	return plain_text(plain, text, len, MATCH_LAST_MARK);
}

/* How many bytes of @s can be shown as they are: a character, but none that is unruly. */
static size_t visible(const char *s, size_t len)
{
	char character[5] = "";
	size_t size;

	memcpy(character, s, len < 4 ? len : 4);
	size = text_utf8(character);
	if (!size || is_space(*s))
		return 0;
	if (size == 1)
		return 1;
	/* From U+0080 to U+009F they are as good as an escape. */
	if (character[0] == '\xc2' && (s[1] & 0xe0) == 0x80)
		return 0;
	return one_of(unruly, ARRAY_SIZE(unruly), s, len) ? 0 : size;
}

size_t match_shown(char *shown, size_t size, const char *line, size_t len)
{
	size_t n = 0, taken;

	for (size_t i = 0; i < len && n + 4 < size; i += taken) {
		taken = sequence(line + i, len - i);
		if (taken)
			continue;
		taken = visible(line + i, len - i);
		if (taken) {
			memcpy(shown + n, line + i, taken);
			n += taken;
			continue;
		}
		taken = 1;
		if (!is_space(line[i]))
			shown[n++] = '?';
		else if (n && shown[n - 1] != ' ')
			shown[n++] = ' ';
	}
	while (n && shown[n - 1] == ' ')
		n--;
	shown[n] = '\0';
	return n;
}
