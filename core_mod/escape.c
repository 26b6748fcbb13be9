// SPDX-License-Identifier: GPL-2.0
/*
 * Writing a task's name. A process may give itself any name without a NUL; what reads our lines
 * must get it back unharmed, and must not take it for the end of a field or of a line.
 */
#include <linux/export.h>
#include <linux/string.h>
#include <linux/types.h>

#include "core_mod.h"

/* Not isprint(): the kernel's holds for bytes of Latin-1 too. */
static bool is_plain(unsigned char c, const char *also)
{
	return c >= ' ' && c <= '~' && c != '\\' && !strchr(also, c);
}

/**
 * tcore_escape - write a name in printable ASCII
 * @dst: where to; %TCORE_ESCAPED_LEN bytes hold any task's name
 * @size: bytes there, at least 1
 * @src: the name
 * @also: characters to escape besides those that always are, or ""
 *
 * Backslash and every byte outside printable ASCII become a backslash and three octal digits, as in
 * /proc/mounts. Ends before the first character that does not fit whole.
 *
 * Context: Any.
 * Return: The length written, without the NUL.
 */
size_t tcore_escape(char *dst, size_t size, const char *src, const char *also)
{
	char *p = dst, *end = dst + size - 1;

	for (; *src; src++) {
		unsigned char c = *src;

		if (is_plain(c, also)) {
			if (end - p < 1)
				break;
			*p++ = c;
		} else {
			if (end - p < 4)
				break;
			*p++ = '\\';
			*p++ = '0' + (c >> 6);
			*p++ = '0' + (c >> 3 & 7);
			*p++ = '0' + (c & 7);
		}
	}
	*p = '\0';
	return p - dst;
}
EXPORT_SYMBOL_GPL(tcore_escape);
