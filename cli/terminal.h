/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal while it is drawn on again and again: taken, asked, and given back. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/*
 * Whether standard output is one that can be drawn on. If so take it: another screen, without a
 * cursor, keys at once and unseen. It is given back however the process ends, but for SIGKILL.
 */
bool terminal_take(void);

void terminal_size(size_t *rows, size_t *columns);

enum event { EVENT_TIME, EVENT_REDRAW, EVENT_QUIT };

/* The time in so many seconds. */
struct timespec terminal_in(double seconds);

/* Wait until then, to read anew; or earlier, to draw anew, or to end: by q, or by a signal. */
enum event terminal_wait(const struct timespec *end);

#endif
