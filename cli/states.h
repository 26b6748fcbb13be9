/* SPDX-License-Identifier: GPL-2.0 */
/* The states of tasks: their letters, and their names in the report, in its order. */
#ifndef STATES_H
#define STATES_H

#define N_STATES 9

extern const struct state {
	char letter;
	const char *name;
} states[N_STATES];

/* The letter of a row of the report, 0 where it has none: TOTAL. */
char state_letter(const char *name);

#endif
