/* SPDX-License-Identifier: GPL-2.0 */
/* A view again and again, until q or a signal. */
#ifndef WATCH_H
#define WATCH_H

#include "views.h"

typedef void print_fn(const struct table *t, FILE *out);

/*
 * If @redraw, on a terminal it is redrawn in place, with what changed marked; else one reading is
 * written after the other, by @print. @name is the view's.
 */
void watch(const char *name, view_fn *view, const struct query *query, double seconds,
	   print_fn *print, bool redraw);

#endif
