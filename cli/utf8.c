// SPDX-License-Identifier: GPL-2.0
/* What is a character of UTF-8; without the C library, as what finds messages is. */
#include "array.h"
#include "text.h"

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
