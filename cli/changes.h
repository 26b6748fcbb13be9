/* SPDX-License-Identifier: GPL-2.0 */
/* What of a table is other than it was in an earlier one. */
#ifndef CHANGES_H
#define CHANGES_H

#include "table.h"

/*
 * Tell for each cell of @now whether it is news: of a row that is new, or has another text than
 * in @before. Columns that are restless are none. The caller frees the answer.
 */
bool *changes(const struct table *before, const struct table *now);

#endif
