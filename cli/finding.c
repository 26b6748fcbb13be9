// SPDX-License-Identifier: GPL-2.0
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>

static void say(const char *head, const char *format, va_list args)
{
	printf("%-4s", head);
	vprintf(format, args);
	putchar('\n');
}

void find(struct patient *p, enum finding what, const char *format, ...)
{
	char number[8];
	va_list args;

	snprintf(number, sizeof(number), "%d", what);
	va_start(args, format);
	say(number, format, args);
	va_end(args);
	if (!p->status)
		p->status = what;
}

void fine(const struct patient *p, const char *format, ...)
{
	va_list args;

	if (!p->verbose)
		return;
	va_start(args, format);
	say("ok", format, args);
	va_end(args);
}

void unseen(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("?", format, args);
	va_end(args);
}
