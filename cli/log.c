// SPDX-License-Identifier: GPL-2.0
/* What the kernel log complains of about the modules. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "finding.h"
#include "kmsg.h"
#include "match.h"
#include "modules.h"

#define MAX_SHOWN 3
#define WARNING_LEVEL 4
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* Any module from outside the kernel's tree says such, or is listed where anything goes wrong. */
static const char *const harmless[] = { "taints kernel", "tainting kernel", "Modules linked in" };

static bool names_us(const char *text)
{
	for (int i = 0; i < N_MODULES; i++)
		if (strstr(text, modules[i]))
			return true;
	return false;
}

/* The kernel does not name whom it refuses for want of a signature. */
static bool is_refusal(const char *text)
{
	return (!strncmp(text, "Loading of ", 11) && strstr(text, "is rejected")) ||
	       (!strncmp(text, "Lockdown: ", 10) && strstr(text, "module"));
}

static bool is_harmless(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (strstr(text, harmless[i]))
			return true;
	return false;
}

static bool parse(const char *line, struct kmsg_line *c)
{
	if (!kmsg_parse(line, c))
		return false;
	if (is_refusal(c->text))
		return true;
	return c->level <= WARNING_LEVEL && names_us(c->text) && !is_harmless(c->text);
}

static const char *advice_on(const char *text)
{
	const struct record *record = match_line(text, strlen(text));

	if (!record)
		return "see dmesg for what is around it";
	return record->remedy ? record->remedy : record->means;
}

/* The last ones, the earliest of them first. */
static size_t last_complaints(char *log, struct kmsg_line *last)
{
	size_t n = 0;
	char *line;

	while ((line = strsep(&log, "\n"))) {
		struct kmsg_line c;

		if (!parse(line, &c))
			continue;
		if (n == MAX_SHOWN)
			memmove(last, last + 1, --n * sizeof(*last));
		last[n++] = c;
	}
	return n;
}

static bool all_loaded(void)
{
	for (int i = 0; i < N_MODULES; i++)
		if (!module_is_loaded(modules[i]))
			return false;
	return true;
}

/* A complaint does not go away with its cause: once all are loaded it is history. */
static void tell(struct patient *p, const struct kmsg_line *c, bool loaded)
{
	if (loaded)
		finding_ok(p, "log: earlier, [%.6f] %s", c->seconds, c->text);
	else
		finding_add(p, LOGGED, "log: [%.6f] %s: %s", c->seconds, c->text,
			    advice_on(c->text));
}

void check_log(struct patient *p)
{
	struct kmsg_line last[MAX_SHOWN];
	char *log = kmsg_read();
	bool loaded;
	size_t n;

	if (!log) {
		finding_unseen("log: cannot read /dev/kmsg: %s%s", strerror(errno),
			       kmsg_advice(errno));
		return;
	}
	n = last_complaints(log, last);
	loaded = all_loaded();
	for (size_t i = 0; i < n; i++)
		tell(p, &last[i], loaded);
	if (!n)
		finding_ok(p, "log: no complaint about the modules");
	free(log);
}

/* Whether a line has the module's name, as a word. */
static bool is_about(const char *text, const char *name)
{
	for (const char *at = text; *at; at++) {
		const char *end = module_after_name(at, name);

		if (end && (at == text || !strchr(NAME_LETTERS, at[-1])) &&
		    (!*end || !strchr(NAME_LETTERS, *end)))
			return true;
	}
	return false;
}

void look_at_log(struct patient *p, const char *name)
{
	char *log = kmsg_read(), *rest = log, *line;

	if (!log)
		finding_unseen("log: cannot read /dev/kmsg: %s%s", strerror(errno),
			       kmsg_advice(errno));
	while ((line = strsep(&rest, "\n"))) {
		const struct record *record;
		struct kmsg_line l;

		if (!kmsg_parse(line, &l) || (!is_about(l.text, name) && !is_refusal(l.text)))
			continue;
		record = match_line(l.text, strlen(l.text));
		if (record && record->rank != RANK_HARMLESS)
			finding_add(p, LOGGED, "log: [%.6f] %s: %s", l.seconds, l.text,
				    record->means);
	}
	free(log);
}
