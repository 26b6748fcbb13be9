/* SPDX-License-Identifier: GPL-2.0 */
/* The commands that there are. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "options.h"
#include "views.h"

/* A command shows a view, or else runs. */
struct command {
	const char *name;
	/* Letters of those it takes besides those of every command; + : words behind its name. */
	const char *options;
	view_fn *view;
	int (*run)(const struct options *options);
	const char *help;
};

/* The last one has no name. */
extern const struct command commands[];

#endif
