/* SPDX-License-Identifier: GPL-2.0 */
/* Threads counted by a number: a user's, a control group's. */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stddef.h>

struct tally {
	unsigned long long id;
	unsigned long threads;
	unsigned long stuck;	/* of them in state D */
};

/* All zero at first. */
struct tallies {
	struct tally *all;	/* @n of them */
	size_t n;
	struct tally *last;	/* was counted last */
	unsigned int *slots;	/* by the hash of its id, 1 + where it is; 0: none */
	size_t n_slots;		/* 0 or a power of two: always more than twice @n */
};

/* Make the tally of an id the last one; make it if there is none. */
void tally_find(struct tallies *tallies, unsigned long long id);

/* Count a thread. */
static inline void tally_add(struct tallies *tallies, unsigned long long id, bool stuck)
{
	/* Neighbours are often of one. */
	if (!tallies->last || tallies->last->id != id)
		tally_find(tallies, id);
	tallies->last->threads++;
	if (stuck)
		tallies->last->stuck++;
}

/* Most threads first, then lower ids; nothing can be added then. */
void tally_sort(struct tallies *tallies);

void tally_free(struct tallies *tallies);

#endif
