/* SPDX-License-Identifier: GPL-2.0 */
/* The options that there are: how each is given, what help says of it, and what it sets. */
#ifndef OPTION_SPECS_H
#define OPTION_SPECS_H

#include <stddef.h>

/* Rows that the table may have. */
#define MAX_OPTIONS 32

struct option_spec;

/* An option as it is given. */
struct given {
	const struct option_spec *spec;
	const char *text;	/* its value */
	void *field;		/* of struct options */
};

/* One option; or the heading of those that follow, which has @help alone. */
struct option_spec {
	char letter;		/* its short form; without one, every command takes it */
	const char *name;	/* its long form */
	const char *argument;	/* what help calls its value; NULL: it takes none */
	const char *help;
	void (*take)(const struct given *given);
	size_t field;		/* where what it sets is in struct options */
};

/* The last one has no help. */
extern const struct option_spec option_specs[];

#endif
