// SPDX-License-Identifier: GPL-2.0
/*
 * stretch MODULE...: reads a function trace of one task's __rcu_read_lock and __rcu_read_unlock,
 * with a clock that is a bare number, from standard input.
 *
 * Writes how many outermost read-side sections functions of these modules began, and how long the
 * longest of these was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FUNCTIONS 1024
#define NAME_SIZE 64

static char functions[MAX_FUNCTIONS][NAME_SIZE];
static int number;

struct section {
	unsigned long long began;
	int depth;
	int ours;
};

static unsigned long long longest;
static unsigned long sections;

static void learn(const char *module)
{
	char line[512], name[NAME_SIZE], owner[NAME_SIZE];
	FILE *f = fopen("/proc/kallsyms", "r");

	if (!f)
		abort();
	while (number < MAX_FUNCTIONS && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %*s %63s [%63[^]]]", name, owner) == 2 &&
		    !strcmp(owner, module))
			strcpy(functions[number++], name);
	fclose(f);
}

static int is_known(const char *function)
{
	for (int i = 0; i < number; i++)
		if (!strcmp(function, functions[i]))
			return 1;
	return 0;
}

static void enter(struct section *s, unsigned long long now, const char *caller)
{
	if (s->depth++)
		return;
	s->began = now;
	s->ours = is_known(caller);
}

/* A trace may begin in the middle of a section. */
static void leave(struct section *s, unsigned long long now)
{
	if (!s->depth || --s->depth || !s->ours)
		return;
	sections++;
	if (now - s->began > longest)
		longest = now - s->began;
}

int main(int argc, char **argv)
{
	char line[512], function[NAME_SIZE], caller[NAME_SIZE];
	struct section section = { 0 };
	unsigned long long now;

	while (--argc)
		learn(argv[argc]);
	while (fgets(line, sizeof(line), stdin)) {
		char *flags = strchr(line, ']');

		if (!flags || sscanf(flags, "] %*s %llu: %63s <-%63s", &now, function, caller) != 3)
			continue;
		if (!strcmp(function, "__rcu_read_lock"))
			enter(&section, now, caller);
		else
			leave(&section, now);
	}
	printf("%lu %llu\n", sections, longest);
	return 0;
}
