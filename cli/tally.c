// SPDX-License-Identifier: GPL-2.0
#include "tally.h"

#include <stdlib.h>

#include "error.h"

#define FIRST_SLOTS 64

static int by_threads(const void *a, const void *b)
{
	const struct tally *left = a, *right = b;

	if (left->threads != right->threads)
		return left->threads < right->threads ? 1 : -1;
	return (left->id > right->id) - (left->id < right->id);
}

/* The slot of an id, or the empty one where it belongs. */
static unsigned int *find(const struct tallies *t, unsigned long long id)
{
	/* By the golden ratio: ids that follow one another are far apart. */
	size_t at = id * 0x9e3779b97f4a7c15 >> 32;

	while (t->slots[at % t->n_slots] && t->all[t->slots[at % t->n_slots] - 1].id != id)
		at++;
	return &t->slots[at % t->n_slots];
}

static void grow(struct tallies *t)
{
	t->n_slots = t->n_slots ? 2 * t->n_slots : FIRST_SLOTS;
	free(t->slots);
	t->slots = xcalloc(t->n_slots, sizeof(*t->slots));
	t->all = xrealloc(t->all, t->n_slots / 2, sizeof(*t->all));
	for (size_t i = 0; i < t->n; i++)
		*find(t, t->all[i].id) = i + 1;
}

void tally_find(struct tallies *tallies, unsigned long long id)
{
	unsigned int *slot;

	if (2 * (tallies->n + 1) >= tallies->n_slots)
		grow(tallies);
	slot = find(tallies, id);
	if (!*slot) {
		tallies->all[tallies->n] = (struct tally){ .id = id };
		*slot = ++tallies->n;
	}
	tallies->last = &tallies->all[*slot - 1];
}

void tally_sort(struct tallies *tallies)
{
	if (tallies->n)
		qsort(tallies->all, tallies->n, sizeof(*tallies->all), by_threads);
}

void tally_free(struct tallies *tallies)
{
	free(tallies->all);
	free(tallies->slots);
}
