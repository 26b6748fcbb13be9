/* SPDX-License-Identifier: GPL-2.0 */
/* How the command ends other than well: one line on standard error, and a status as pgrep's. */
#ifndef ERROR_H
#define ERROR_H

#include <stddef.h>

#define STATUS_NONE 1	/* nothing matched */
#define STATUS_USAGE 2
#define STATUS_FATAL 3

/* Called before a message, to make room for it where the screen is in use; NULL: nothing. */
extern void (*before_message)(void);

/* Each ends the process. */
_Noreturn __attribute__((format(printf, 1, 2))) void fatal(const char *format, ...);
_Noreturn __attribute__((format(printf, 1, 2))) void usage_error(const char *format, ...);

/* What is given cannot be read: the status of a command that is used wrongly. */
_Noreturn __attribute__((format(printf, 1, 2))) void unusable(const char *format, ...);

/* Goes on. */
__attribute__((format(printf, 1, 2))) void warning(const char *format, ...);

/* These never fail: without memory there is nothing to be done. */
__attribute__((malloc, returns_nonnull)) void *xcalloc(size_t n, size_t size);
__attribute__((returns_nonnull)) void *xrealloc(void *old, size_t n, size_t size);
__attribute__((malloc, returns_nonnull)) char *xstrdup(const char *text);
__attribute__((malloc, returns_nonnull, format(printf, 1, 2))) char *xasprintf(const char *format,
									       ...);

/* Flush standard output; what could not be written is an error, as on a full disk. */
void finish_output(void);

#endif
