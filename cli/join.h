/* SPDX-License-Identifier: GPL-2.0 */
/* A column of another file, by pid: what a view asks of what its own file does not have. */
#ifndef JOIN_H
#define JOIN_H

#include "source.h"

struct join;

/* Of threads those count that lead their process. */
struct join *join_read(const struct source *source, const char *title);

/* NULL where the process is not in the other file: it was made later, or has ended. */
const char *join_find(const struct join *join, const char *pid);

void join_free(struct join *join);

#endif
