// SPDX-License-Identifier: GPL-2.0
/*
 * Writing a task's name. A process may give itself any name without a NUL; what reads our lines
 * must get it back unharmed, and must not take it for the end of a field or of a line.
 *
 * The plain version looks at each byte:
 *
 *	for (; *name; name++)
 *		if (*name >= ' ' && *name <= '~' && *name != '\\' && *name != also)
 *			*p++ = *name;
 *		else
 *			p += sprintf(p, "\\%03o", (unsigned char)*name);
 *
 * Nearly all names have nothing to escape. So here eight bytes are looked at in one go, and the
 * name is copied as a whole; only what follows a byte that has to be escaped is done as above. The
 * plain version costs some 110 instructions more for each name, where a process's line, with two of
 * them, takes some 330 in all.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#include "core_mod.h"

static_assert(TASK_COMM_LEN == 2 * sizeof(u64));

#define EACH_BYTE(c) (0x0101010101010101ULL * (unsigned char)(c))

/*
 * Sets the high bit of the first of eight bytes that is not plain, and perhaps of some after it:
 * of a byte outside printable ASCII, a backslash, or @also. Not isprint(): the kernel's holds for
 * bytes of Latin-1 too. The first byte is the lowest of the result, on big endian as well.
 *
 * Each line does it for the bytes that it is about, all eight by one subtraction or addition.
 * Where that borrows from the byte above, or carries into it, it may set that one's bit wrongly. It
 * does so only above a byte that is not plain itself, and only the first of these is asked for.
 */
static __always_inline u64 not_plain(const char *src, char also)
{
	u64 word, found;

	memcpy(&word, src, sizeof(word));
	word = le64_to_cpu((__force __le64)word);
	found = word;
	found |= word - EACH_BYTE(' ');
	found |= word + EACH_BYTE(0x7f - '~');
	found |= (word ^ EACH_BYTE('\\')) - EACH_BYTE(1);
	found |= (word ^ EACH_BYTE(also)) - EACH_BYTE(1);
	return found & EACH_BYTE(0x80);
}

/* How many plain bytes a name begins with; the last byte is a NUL, and that is not plain. */
static unsigned int plain_length(const char *name, char also)
{
	u64 found = not_plain(name, also);

	if (found)
		return __ffs64(found) / BITS_PER_BYTE;
	return sizeof(u64) + __ffs64(not_plain(name + sizeof(u64), also)) / BITS_PER_BYTE;
}

/**
 * tcore_escape - write a task's name in printable ASCII
 * @dst: where to; of %TCORE_ESCAPED_LEN bytes
 * @name: the name, as in struct tcore_task: all of its %TASK_COMM_LEN bytes are read
 * @also: a character to escape besides those that always are, or backslash for none
 *
 * Backslash and every byte outside printable ASCII become a backslash and three octal digits, as in
 * /proc/mounts.
 *
 * Context: Any.
 * Return: The length written, without the NUL.
 */
size_t tcore_escape(char *dst, const char *name, char also)
{
	const char *end = name + TASK_COMM_LEN - 1;
	unsigned int plain = plain_length(name, also);
	char *p = dst + plain;

	/* Nearly all names are plain to their end; what is copied after that is written over. */
	memcpy(dst, name, TASK_COMM_LEN);
	for (name += plain; name < end && *name; name++) {
		unsigned char c = *name;

		if (c >= ' ' && c <= '~' && c != '\\' && c != also) {
			*p++ = c;
		} else {
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
