/* SPDX-License-Identifier: GPL-2.0 */
/* The views of the files: each fills a table that is not initialized with what is asked for. */
#ifndef VIEWS_H
#define VIEWS_H

#include "filter.h"
#include "table.h"

struct query {
	struct filter filter;
	double min;	/* seconds */
};

typedef void view_fn(const struct query *query, struct table *t);

view_fn view_tasks, view_report, view_threads, view_tree, view_stuck;

#endif
