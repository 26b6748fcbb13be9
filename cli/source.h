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

/* Fill a table that is not initialized; return the seconds that reading took. */
double source_read(const struct source *source, struct table *t);

#endif
