// SPDX-License-Identifier: GPL-2.0
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "paths.h"

#define MIN_INTERVAL 0.1
#define MAX_SECONDS 1e6
#define MAX_TOP 1000
#define DEFAULT_TOP 50

/* Those without a short form. */
enum { SYSROOT = 256, PROC };

static const struct option long_options[] = {
	{ "state", required_argument, NULL, 's' },
	{ "name", required_argument, NULL, 'n' },
	{ "user", required_argument, NULL, 'u' },
	{ "parent", required_argument, NULL, 'p' },
	{ "min", required_argument, NULL, 'm' },
	{ "json", no_argument, NULL, 'j' },
	{ "tsv", no_argument, NULL, 't' },
	{ "watch", required_argument, NULL, 'w' },
	{ "textfile", required_argument, NULL, 'f' },
	{ "top", required_argument, NULL, 'T' },
	{ "brief", no_argument, NULL, 'b' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "proc", required_argument, NULL, PROC },
	{ "sysroot", required_argument, NULL, SYSROOT },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

static const char help[] =
	"Usage: taskmods COMMAND [OPTION]...\n"
	"Shows the tasks of this machine as the taskmods kernel modules tell them.\n"
	"\n"
	"Commands:\n"
	"  tasks    processes: pid, parent's pid, state, name, parent's name\n"
	"  tree     processes below their parents\n"
	"  threads  threads: numbers of user and control group, milliseconds since they last ran\n"
	"  report   how many processes and threads there are in each state\n"
	"  stuck    tasks in state D, the one that has been for longest first\n"
	"  metrics  counts for Prometheus, in its text format\n"
	"  doctor   what keeps the modules from working, and what to do\n"
	"\n"
	"Which (-s, -n, -u and -p given again: any of their values):\n"
	"  -s, --state=LETTERS    in one of these states: S,D\n"
	"  -n, --name=PATTERN     whose name matches, as a file's in the shell\n"
	"  -u, --user=USER        of this user, by name or number\n"
	"  -p, --parent=PARENT    whose parent has this pid, or a name that matches\n"
	"  -m, --min=SECONDS      stuck: for at least this long\n"
	"\n"
	"How:\n"
	"  -j, --json             as JSON\n"
	"  -t, --tsv              as lines of fields separated by tabs\n"
	"  -w, --watch=SECONDS    again and again, what changed marked; q ends it\n"
	"  -f, --textfile=FILE    metrics: replace FILE, for node_exporter\n"
	"  -T, --top=NUMBER       metrics: rows for so many users and control groups (50)\n"
	"  -b, --brief            metrics: only counts by state, from the report\n"
	"  -v, --verbose          doctor: what is in order, too\n"
	"      --proc=DIR         where /proc is mounted\n"
	"      --sysroot=DIR      take DIR for /\n"
	"  -h, --help             show this, and end\n"
	"  -V, --version          show the version, and end\n"
	"\n"
	"Exit status: 0; 1 nothing matched; 2 usage; 3 something failed; doctor has more: see\n"
	"taskmods(1).\n";

static _Noreturn void show(const char *text)
{
	fputs(text, stdout);
	finish_output();
	exit(0);
}

static void add(struct words *words, const char *option, const char *word)
{
	if (words->n == MAX_WORDS)
		usage_error("%s is given more than %d times", option, MAX_WORDS);
	words->word[words->n++] = word;
}

static double to_number(const char *option, const char *text, double low, double high)
{
	char *end;
	double value = strtod(text, &end);

	/* The comparison fails for what is not a number. */
	if (end == text || *end || !(value >= low && value <= high))
		usage_error("%s %s: not a number from %.9g to %.9g", option, text, low, high);
	return value;
}

static size_t to_whole(const char *option, const char *text, double low, double high)
{
	double value = to_number(option, text, low, high);

	if (value != (size_t)value)
		usage_error("%s %s: not a whole number", option, text);
	return value;
}

static void set_format(struct options *options, enum format format)
{
	if (options->format && options->format != format)
		usage_error("--json and --tsv exclude each other");
	options->format = format;
}

static const char *not_empty(const char *option, const char *text)
{
	if (!*text)
		usage_error("%s is empty", option);
	return text;
}

/* The collector reads no other files. */
static const char *textfile_name(const char *option, const char *text)
{
	const char *end = strrchr(not_empty(option, text), '.');

	if (!end || strcmp(end, ".prom"))
		usage_error("%s %s: the name must end in .prom", option, text);
	return text;
}

/* Where things are, which any command takes. */
struct places {
	const char *sysroot;
	const char *proc;
};

static void take(struct options *o, struct places *places, int option, const char *text)
{
	switch (option) {
	case 's':
		return add(&o->query.filter.states, "--state", text);
	case 'n':
		return add(&o->query.filter.names, "--name", text);
	case 'u':
		return add(&o->query.filter.users, "--user", not_empty("--user", text));
	case 'p':
		return add(&o->query.filter.parents, "--parent", text);
	case 'm':
		o->query.min = to_number("--min", text, 0, MAX_SECONDS);
		break;
	case 'j':
		return set_format(o, FORMAT_JSON);
	case 't':
		return set_format(o, FORMAT_TSV);
	case 'w':
		o->seconds = to_number("--watch", text, MIN_INTERVAL, MAX_SECONDS);
		break;
	case 'f':
		o->textfile = textfile_name("--textfile", text);
		break;
	case 'T':
		o->metrics.top = to_whole("--top", text, 1, MAX_TOP);
		break;
	case 'b':
		o->metrics.brief = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case PROC:
		places->proc = not_empty("--proc", text);
		break;
	case SYSROOT:
		places->sysroot = not_empty("--sysroot", text);
		break;
	case 'h':
		show(help);
	case 'V':
		show("taskmods " VERSION "\n");
	}
}

static void note_given(struct options *options, int option)
{
	size_t len = strlen(options->given);

	if (option < 256 && !strchr(options->given, option) && len + 1 < sizeof(options->given))
		options->given[len] = option;
}

/* NULL for what is no option. */
static const char *long_name(int option)
{
	const struct option *known = long_options;

	while (known->name && known->val != option)
		known++;
	return known->name;
}

/* getopt_long() tells in optopt which short one it was, or which takes no value; else it is 0. */
static _Noreturn void refuse(int option, const char *word)
{
	if (option == ':')
		usage_error("%s needs a value", word);
	/* In the middle of a word, @word is the one before. */
	if (optopt && !long_name(optopt))
		usage_error("-%c is no option", optopt);
	if (optopt)
		usage_error("%s: this option takes no value", word);
	usage_error("%s is no option, or stands for several", word);
}

void options_parse(struct options *options, int argc, char **argv)
{
	struct places places = { "", NULL };
	int option;

	*options = (struct options){ .metrics.top = DEFAULT_TOP };
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":s:n:u:p:m:jtw:f:T:bvhV", long_options,
				     NULL)) != -1) {
		if (option == '?' || option == ':')
			refuse(option, argv[optind - 1]);
		note_given(options, option);
		take(options, &places, option, optarg);
	}
	if (optind == argc)
		usage_error("no command is given");
	if (optind + 1 < argc)
		usage_error("%s is one word too many", argv[optind + 1]);
	options->command = argv[optind];
	paths_set(places.sysroot, places.proc);
}

void options_check(struct options *options, const char *allowed)
{
	for (const char *given = options->given; *given; given++)
		if (!strchr(allowed, *given))
			usage_error("%s takes no --%s", options->command, long_name(*given));
	filter_prepare(&options->query.filter);
}
