// SPDX-License-Identifier: GPL-2.0
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void (*before_message)(void);

static void say(const char *format, va_list args, const char *end)
{
	if (before_message)
		before_message();
	fputs("taskmods: ", stderr);
	vfprintf(stderr, format, args);
	fputs(end, stderr);
}

void fatal(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, "\n");
	va_end(args);
	exit(STATUS_FATAL);
}

void usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, ": see taskmods --help\n");
	va_end(args);
	exit(STATUS_USAGE);
}

void unusable(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, "\n");
	va_end(args);
	exit(STATUS_USAGE);
}

void warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, "\n");
	va_end(args);
}

static void *checked(void *memory)
{
	if (!memory)
		fatal("out of memory");
	return memory;
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size));
}

void *xrealloc(void *old, size_t n, size_t size)
{
	return checked(reallocarray(old, n ? n : 1, size));
}

char *xstrdup(const char *text)
{
	return checked(strdup(text));
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return checked(text);
}

void finish_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		fatal("cannot write to standard output: %s", strerror(errno));
}
