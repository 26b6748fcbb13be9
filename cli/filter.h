/* SPDX-License-Identifier: GPL-2.0 */
/* Which rows are asked for. */
#ifndef FILTER_H
#define FILTER_H

#include "source.h"
#include "table.h"

#define MAX_WORDS 64

/* Any of these words. */
struct words {
	const char *word[MAX_WORDS];
	size_t n;
};

/* What is empty asks for everything. */
struct filter {
	struct words states;	/* letters, any number in each */
	struct words names;	/* of tasks: patterns as fnmatch(3) has them */
	struct words users;	/* by name or number */
	struct words parents;	/* by pid, or a pattern of names */
};

/* Refuse letters that are no states, and users that are not known; users become numbers. */
void filter_prepare(struct filter *filter);

bool filter_is_empty(const struct filter *filter);

/*
 * Tell for each row of a table that was read from @source whether it is asked for. What that file
 * does not have is read from the other one. The caller frees the answer.
 */
bool *filter_match(const struct filter *filter, const struct source *source,
		   const struct table *t);

/* Remove the rows that are not asked for. */
void filter_apply(const struct filter *filter, const struct source *source, struct table *t);

#endif
