/* SPDX-License-Identifier: GPL-2.0 */
/* Metrics of threads by user and by control group, with a bounded number of rows. */
#ifndef PARTS_H
#define PARTS_H

#include <stdio.h>

#include "tally.h"

/* By user, by control group. */
#define N_PARTS 2

/* All zero at first. */
struct parts {
	struct tallies by[N_PARTS];
};

/* Count a thread, by its cells in the file. */
void parts_add(struct parts *parts, char **cells);

/* Those with the most threads have rows of their own, @top of each; of the rest there are sums. */
void parts_put(FILE *out, struct parts *parts, size_t top);

void parts_free(struct parts *parts);

#endif
