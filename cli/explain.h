/* SPDX-License-Identifier: GPL-2.0 */
/* What messages mean, and what to do. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "options.h"

/* Explain the words given, the kernel log, or what is pasted; returns the exit status. */
int explain(const struct options *options);

#endif
