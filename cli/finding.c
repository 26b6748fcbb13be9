// SPDX-License-Identifier: GPL-2.0
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

static void say(const char *head, const char *format, va_list args)
{
	printf("%-4s", head);
	vprintf(format, args);
	putchar('\n');
}

struct found {
	enum finding what;
	char *text;
};

/* Where it belongs among those that are sorted. */
static struct found *make_room(struct patient *p, enum finding what)
{
	size_t at = p->n_found;

	p->found = xrealloc(p->found, p->n_found + 1, sizeof(*p->found));
	while (at && p->found[at - 1].what > what)
		at--;
	memmove(p->found + at + 1, p->found + at, (p->n_found++ - at) * sizeof(*p->found));
	return &p->found[at];
}

void finding_add(struct patient *p, enum finding what, const char *format, ...)
{
	struct found *found = make_room(p, what);
	va_list args;

	found->what = what;
	va_start(args, format);
	if (vasprintf(&found->text, format, args) < 0)
		fatal("out of memory");
	va_end(args);
}

int finding_say_all(struct patient *p)
{
	int first = p->n_found ? p->found[0].what : 0;

	for (size_t i = 0; i < p->n_found; i++) {
		printf("%-4d%s\n", p->found[i].what, p->found[i].text);
		free(p->found[i].text);
	}
	free(p->found);
	return first;
}

void finding_ok(const struct patient *p, const char *format, ...)
{
	va_list args;

	if (!p->verbose)
		return;
	va_start(args, format);
	say("ok", format, args);
	va_end(args);
}

void finding_unseen(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("?", format, args);
	va_end(args);
}
