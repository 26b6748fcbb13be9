// SPDX-License-Identifier: GPL-2.0
/* The views that are files as they are. */
#include "views.h"

static void view(const struct source *source, const struct query *query, struct table *t)
{
	source_read(source, t);
	filter_apply(&query->filter, source, t);
}

void view_tasks(const struct query *query, struct table *t)
{
	view(&tasks_source, query, t);
}

void view_report(const struct query *query, struct table *t)
{
	view(&report_source, query, t);
}

void view_threads(const struct query *query, struct table *t)
{
	view(&threads_source, query, t);
}
