/* SPDX-License-Identifier: GPL-2.0 */
/* The files in /proc/taskmods, read into tables. */
#ifndef SOURCE_H
#define SOURCE_H

#include "table.h"

struct source {
	const char *name;
	const char *module;	/* whose it is */
	char separator;
	const struct column *columns;
	size_t width;
};

extern const struct source tasks_source, threads_source, report_source;

/* The columns of threads. */
enum {
	THREADS_PID,
	THREADS_TID,
	THREADS_STATE,
	THREADS_UID,
	THREADS_CGROUP,
	THREADS_LASTRUN,
	THREADS_COMM,
};

/* Take the cells of a row, which are gone after the last one. */
typedef void row_fn(void *context, char **cells);

/* Have each row taken, which costs less than a table; return the seconds that reading took. */
double source_each(const struct source *source, row_fn *take, void *context);

/* Fill a table that is not initialized; return the seconds that reading took. */
double source_read(const struct source *source, struct table *t);

#endif
