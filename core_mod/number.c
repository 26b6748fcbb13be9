// SPDX-License-Identifier: GPL-2.0
/*
 * Writing a number. The plain version is
 *
 *	return sprintf(dst, "%llu", number);
 *
 * A line has two to five of them, and sprintf() takes most of its time to find out what it is asked
 * for. Here two digits are written at a time, which is what sprintf() does then. The plain version
 * costs @@NUMBER@@
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "core_mod.h"

#define MAX_DIGITS 10

/* The numbers below 100, two digits each. */
static const char pairs[] =
	"0001020304050607080910111213141516171819" /* 0 to 19 */
	"2021222324252627282930313233343536373839" /* 20 to 39 */
	"4041424344454647484950515253545556575859" /* 40 to 59 */
	"6061626364656667686970717273747576777879" /* 60 to 79 */
	"8081828384858687888990919293949596979899"; /* 80 to 99 */

/**
 * tcore_put_number - write a number in decimal digits
 * @dst: where to; of %TCORE_NUMBER_LEN bytes, of which any may be written to
 * @number: the number
 *
 * Writes no NUL.
 *
 * Context: Any.
 * Return: How many digits there are.
 */
size_t tcore_put_number(char *dst, u64 number)
{
	char text[2 * MAX_DIGITS];
	char *digits = text + MAX_DIGITS;
	u32 rest = number;

	if (number > U32_MAX)
		return sprintf(dst, "%llu", number);
	/* From the last digits to the first, of which the upper one may be a 0 that is left out. */
	for (; rest >= 100; rest /= 100) {
		digits -= 2;
		memcpy(digits, &pairs[2 * (rest % 100)], 2);
	}
	digits -= 2;
	memcpy(digits, &pairs[2 * rest], 2);
	if (rest < 10)
		digits++;
	/*
	 * So many bytes whatever the number is: a copy of a fixed size is one or two instructions.
	 * What it copies after the digits means nothing, and is written over by what comes next.
	 */
	memcpy(dst, digits, MAX_DIGITS);
	return text + MAX_DIGITS - digits;
}
EXPORT_SYMBOL_GPL(tcore_put_number);
