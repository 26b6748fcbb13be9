// SPDX-License-Identifier: GPL-2.0
#include "states.h"

#include <string.h>

const struct state states[N_STATES] = {
	{ 'R', "TASK_RUNNING" },
	{ 'S', "TASK_INTERRUPTIBLE" },
	{ 'D', "TASK_UNINTERRUPTIBLE" },
	{ 'T', "TASK_STOPPED" },
	{ 't', "TASK_TRACED" },
	{ 'X', "EXIT_DEAD" },
	{ 'Z', "EXIT_ZOMBIE" },
	{ 'P', "TASK_PARKED" },
	{ 'I', "TASK_IDLE" },
};

char state_letter(const char *name)
{
	for (int i = 0; i < N_STATES; i++)
		if (!strcmp(states[i].name, name))
			return states[i].letter;
	return 0;
}
