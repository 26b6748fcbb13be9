// SPDX-License-Identifier: GPL-2.0
/*
 * Writing a number. The plain version is
 *
 *	return sprintf(dst, "%llu", number);
 *
 * A line has two to five of them, and sprintf() takes most of its time to find out what it is asked
 * for. Here two digits are written at a time, which is what sprintf() does then; and the first ones
 * first, so that nothing has to count them. The plain version costs some 380 instructions more for
 * each number, where a process's line takes some 330 in all.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "core_mod.h"

/* The numbers below 100, two digits each. */
static const char digit_pairs[] =
	"0001020304050607080910111213141516171819" /* 0 to 19 */
	"2021222324252627282930313233343536373839" /* 20 to 39 */
	"4041424344454647484950515253545556575859" /* 40 to 59 */
	"6061626364656667686970717273747576777879" /* 60 to 79 */
	"8081828384858687888990919293949596979899"; /* 80 to 99 */

/* Of a number below 100: both digits. */
static inline char *put_two(char *p, size_t number)
{
	memcpy(p, &digit_pairs[2 * number], 2);
	return p + 2;
}

/* Of a number below 10,000: all four digits. */
static char *put_four(char *p, u32 number)
{
	p = put_two(p, number / 100);
	return put_two(p, number % 100);
}

/* Of a number below 100: no zero before it. */
static char *put_up_to_two(char *p, size_t number)
{
	if (number >= 10)
		return put_two(p, number);
	*p = '0' + number;
	return p + 1;
}

/* Of a number below 10,000: no zeros before it. */
static char *put_up_to_four(char *p, u32 number)
{
	if (number < 100)
		return put_up_to_two(p, number);
	p = put_up_to_two(p, number / 100);
	return put_two(p, number % 100);
}

/**
 * tcore_put_number - write a number in decimal digits
 * @dst: where to; of %TCORE_NUMBER_LEN bytes
 * @number: the number
 *
 * A NUL need not follow the digits, but may.
 *
 * Context: Any.
 * Return: How many digits there are.
 */
size_t tcore_put_number(char *dst, u64 number)
{
	u32 rest = number;
	char *p = dst;

	if (number > U32_MAX)
		return sprintf(dst, "%llu", number);
	if (rest < 10000)
		return put_up_to_four(p, rest) - dst;
	if (rest < 100000000) {
		p = put_up_to_four(p, rest / 10000);
	} else {
		p = put_up_to_two(p, rest / 100000000);
		p = put_four(p, rest / 10000 % 10000);
	}
	return put_four(p, rest % 10000) - dst;
}
EXPORT_SYMBOL_GPL(tcore_put_number);
