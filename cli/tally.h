/* SPDX-License-Identifier: GPL-2.0 */
/* Threads counted by the number in a column. */
#ifndef TALLY_H
#define TALLY_H

#include "table.h"

struct tally {
	unsigned long long id;
	unsigned long threads;
	unsigned long stuck;	/* of them in state D */
};

/* Most threads first, then lower ids; their number goes to @n. The caller frees them. */
struct tally *tally(const struct table *threads, const char *title, size_t *n);

#endif
