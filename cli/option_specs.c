// SPDX-License-Identifier: GPL-2.0
#include "option_specs.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "error.h"
#include "help.h"
#include "options.h"

#define MIN_INTERVAL 0.1
#define MAX_SECONDS 1e6
#define MAX_TOP 1000

static void add_word(const struct given *given)
{
	struct words *words = given->field;

	if (words->n == MAX_WORDS)
		usage_error("--%s is given more than %d times", given->spec->name, MAX_WORDS);
	words->word[words->n++] = given->text;
}

static const char *not_empty(const struct given *given)
{
	if (!*given->text)
		usage_error("--%s is empty", given->spec->name);
	return given->text;
}

static void add_user(const struct given *given)
{
	not_empty(given);
	add_word(given);
}

static double to_number(const struct given *given, double low, double high)
{
	char *end;
	double value = strtod(given->text, &end);

	/* The comparison fails for what is not a number. */
	if (end == given->text || *end || !(value >= low && value <= high))
		usage_error("--%s %s: not a number from %.9g to %.9g", given->spec->name,
			    given->text, low, high);
	return value;
}

static void set_min(const struct given *given)
{
	*(double *)given->field = to_number(given, 0, MAX_SECONDS);
}

static void set_interval(const struct given *given)
{
	*(double *)given->field = to_number(given, MIN_INTERVAL, MAX_SECONDS);
}

static void set_top(const struct given *given)
{
	size_t *top = given->field;
	double value = to_number(given, 1, MAX_TOP);

	*top = value;
	if (value != *top)
		usage_error("--%s %s: not a whole number", given->spec->name, given->text);
}

static void set_format(enum format *format, enum format wanted)
{
	if (*format && *format != wanted)
		usage_error("use either --json or --tsv");
	*format = wanted;
}

static void set_json(const struct given *given)
{
	set_format(given->field, FORMAT_JSON);
}

static void set_tsv(const struct given *given)
{
	set_format(given->field, FORMAT_TSV);
}

static void set_flag(const struct given *given)
{
	*(bool *)given->field = true;
}

static void set_text(const struct given *given)
{
	*(const char **)given->field = not_empty(given);
}

/* The collector reads no other files. */
static void set_textfile(const struct given *given)
{
	const char *end = strrchr(not_empty(given), '.');

	if (!end || strcmp(end, ".prom"))
		usage_error("--%s %s: the name must end in .prom", given->spec->name, given->text);
	*(const char **)given->field = given->text;
}

static _Noreturn void end(void)
{
	finish_output();
	exit(0);
}

static void show_help(const struct given *given)
{
	(void)given;
	help_print();
	end();
}

static void show_version(const struct given *given)
{
	(void)given;
	puts("taskmods " VERSION);
	end();
}

#define FIELD(member) offsetof(struct options, member)

const struct option_spec option_specs[] = {
	{ .help = "Filters (repeat -s, -n, -u, -p to match any of several values):" },
	{ 's', "state", "LETTERS", "in one of these states, of RSDTtXZPI, e.g. S,D",
	  add_word, FIELD(query.filter.states) },
	{ 'n', "name", "PATTERN", "whose name matches, as file names do in the shell, e.g. 'kw*'",
	  add_word, FIELD(query.filter.names) },
	{ 'u', "user", "USER", "of this user: a name or a number",
	  add_user, FIELD(query.filter.users) },
	{ 'p', "parent", "PARENT", "whose parent has this pid, or a name that matches",
	  add_word, FIELD(query.filter.parents) },
	{ 'm', "min", "SECONDS", "stuck: put on a processor so long ago, or longer",
	  set_min, FIELD(query.min) },
	{ .help = "Output and others:" },
	{ 'j', "json", NULL, "as JSON",
	  set_json, FIELD(format) },
	{ 't', "tsv", NULL, "as lines of fields separated by tabs",
	  set_tsv, FIELD(format) },
	{ 'w', "watch", "SECONDS", "repeat every SECONDS (0.1 or more), mark changes; q ends it",
	  set_interval, FIELD(seconds) },
	{ 'f', "textfile", "FILE", "metrics: replace FILE (its name ends in .prom)",
	  set_textfile, FIELD(textfile) },
	{ 'T', "top", "NUMBER", "metrics: series for so many users and cgroups, 1 to 1000 (50)",
	  set_top, FIELD(metrics.top) },
	{ 'b', "brief", NULL, "metrics: only counts by state",
	  set_flag, FIELD(metrics.brief) },
	{ 'v', "verbose", NULL, "doctor: list checks that passed, too",
	  set_flag, FIELD(verbose) },
	{ 'M', "module", "NAME", "doctor: check this module, any module",
	  set_text, FIELD(module) },
	{ 'l', "log", NULL, "explain: messages in the kernel log",
	  set_flag, FIELD(log) },
	{ 'L', "list", NULL, "explain: list all known messages, as JSON",
	  set_flag, FIELD(list) },
	{ 0, "proc", "DIR", "any command: where /proc is mounted",
	  set_text, FIELD(proc) },
	{ 0, "sysroot", "DIR", "any command: use DIR as /",
	  set_text, FIELD(sysroot) },
	{ 'h', "help", NULL, "show this", show_help, 0 },
	{ 'V', "version", NULL, "show the version", show_version, 0 },
	{ 0 },
};

_Static_assert(ARRAY_SIZE(option_specs) <= MAX_OPTIONS, "MAX_OPTIONS must be more");
