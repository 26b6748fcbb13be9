// SPDX-License-Identifier: GPL-2.0
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "paths.h"

#define DEFAULT_TOP 50

/* What getopt_long() returns for an option without a letter, and more. */
#define NO_LETTER 256

static int code_of(const struct option_spec *spec)
{
	return spec->letter ? spec->letter : NO_LETTER + (int)(spec - option_specs);
}

/* NULL for an unknown option. */
static const struct option_spec *find_option(int code)
{
	for (const struct option_spec *spec = option_specs; spec->help; spec++)
		if (spec->name && code_of(spec) == code)
			return spec;
	return NULL;
}

/* The options as getopt_long() wants them. */
struct grammar {
	char letters[1 + 2 * MAX_OPTIONS + 1];
	struct option names[MAX_OPTIONS + 1];
};

static void make_grammar(struct grammar *grammar)
{
	char *letter = grammar->letters;
	struct option *name = grammar->names;

	*grammar = (struct grammar){ 0 };
	/* Tells a missing value from an unknown option. */
	*letter++ = ':';
	for (const struct option_spec *spec = option_specs; spec->help; spec++) {
		if (!spec->name)
			continue;
		name->name = spec->name;
		name->has_arg = spec->argument ? required_argument : no_argument;
		name->val = code_of(spec);
		name++;
		if (spec->letter)
			letter += sprintf(letter, spec->argument ? "%c:" : "%c", spec->letter);
	}
}

static void take(struct options *options, const struct option_spec *spec, const char *text)
{
	struct given given = { spec, text, (char *)options + spec->field };
	const struct option_spec **noted = options->given;

	while (*noted && *noted != spec)
		noted++;
	*noted = spec;
	spec->take(&given);
}

/* getopt_long() tells in optopt which short one it was, or which takes no value; else it is 0. */
static _Noreturn void refuse(int option, const char *word)
{
	if (option == ':')
		usage_error("%s needs a value", word);
	/* In the middle of a word, @word is the one before. */
	if (optopt && !find_option(optopt))
		usage_error("unknown option -%c", optopt);
	if (optopt)
		usage_error("%s: this option takes no value", word);
	usage_error("unknown or ambiguous option %s", word);
}

void options_parse(struct options *options, int argc, char **argv)
{
	const struct option_spec *spec;
	struct grammar grammar;
	int code;

	make_grammar(&grammar);
	*options = (struct options){ .metrics.top = DEFAULT_TOP, .sysroot = "" };
	opterr = 0;
	while ((code = getopt_long(argc, argv, grammar.letters, grammar.names, NULL)) != -1) {
		spec = find_option(code);
		if (!spec)
			refuse(code, argv[optind - 1]);
		take(options, spec, optarg);
	}
	if (optind == argc)
		usage_error("no command is given");
	options->command = argv[optind];
	options->words = argv + optind + 1;
	paths_set(options->sysroot, options->proc);
}

void options_check(struct options *options, const char *allowed)
{
	if (!strchr(allowed, '+') && *options->words)
		usage_error("unexpected argument '%s'", *options->words);
	for (const struct option_spec **given = options->given; *given; given++)
		if ((*given)->letter && !strchr(allowed, (*given)->letter))
			usage_error("%s takes no --%s", options->command, (*given)->name);
	filter_prepare(&options->query.filter);
}
