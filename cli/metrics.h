/* SPDX-License-Identifier: GPL-2.0 */
/* What Prometheus is told: its text format, with a bounded number of rows and no pid in any. */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stddef.h>

struct metrics_query {
	size_t top;	/* how many users and control groups have rows of their own */
	bool brief;	/* only the report: counts by state */
};

/* The caller frees it. */
char *metrics_text(const struct metrics_query *query);

#endif
