/* SPDX-License-Identifier: GPL-2.0 */
/* What lines of a paste mean: each message once, the cause first. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "match.h"

#define SHOWN_SIZE 256

struct answer {
	const struct record *record;
	char text[SHOWN_SIZE];	/* the first line that it is in, as it can be shown */
	size_t *lines;		/* the numbers of all of those lines, from 1 */
	size_t n;
};

struct answers {
	struct answer *all;
	size_t n;
	size_t lines;		/* that were looked at, without empty ones */
	bool inside;		/* a line that is too long for one look is being read */
	char rest[MATCH_WINDOW];
	size_t len;		/* of what is in @rest, a line's beginning */
	size_t number;		/* of that line, from 0 */
	char first[SHOWN_SIZE];	/* the first line that is not empty */
};

/* Look at more of the paste, which may begin and end anywhere in a line. */
void answers_add(struct answers *answers, const char *text, size_t len);

/* There is no more: look at the last line, and sort. */
void answers_end(struct answers *answers);

/* For a part of a message: all that hold what is in the one line that there is. */
void answers_add_holding(struct answers *answers);

void answers_print(const struct answers *answers);
void answers_print_json(const struct answers *answers);
void answers_free(struct answers *answers);

#endif
