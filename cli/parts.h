/* SPDX-License-Identifier: GPL-2.0 */
/* Metrics of threads by user and by control group, with a bounded number of rows. */
#ifndef PARTS_H
#define PARTS_H

#include <stdio.h>

#include "table.h"

/* Those with the most threads have rows of their own, @top of each; of the rest there are sums. */
void parts_put(FILE *out, const struct table *threads, size_t top);

#endif
