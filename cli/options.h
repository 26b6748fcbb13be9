/* SPDX-License-Identifier: GPL-2.0 */
/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "metrics.h"
#include "option_specs.h"
#include "views.h"

enum format { FORMAT_TABLE, FORMAT_TSV, FORMAT_JSON };

struct options {
	const char *command;
	const struct option_spec *given[MAX_OPTIONS];	/* each once, in order; then NULL */
	struct query query;
	enum format format;
	double seconds;		/* between two readings; 0: one reading */
	const char *textfile;
	struct metrics_query metrics;
	bool verbose;
	bool log;		/* explain: the kernel's */
	bool list;
	const char *module;	/* doctor: whose state is asked for */
	const char *sysroot;
	const char *proc;
	char *const *words;	/* behind the command; the last one is NULL */
};

/* Ends the process with what is wrong, or for --help and --version. */
void options_parse(struct options *options, int argc, char **argv);

/*
 * Refuse an option that is not one of @allowed, and words behind the command unless + is; prepare
 * what they name.
 */
void options_check(struct options *options, const char *allowed);

#endif
