// SPDX-License-Identifier: GPL-2.0
/* taskmods: shows the tasks that the modules list. Commands and their options stand in tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "doctor.h"
#include "error.h"
#include "explain.h"
#include "help.h"
#include "metrics.h"
#include "options.h"
#include "table.h"
#include "textfile.h"
#include "views.h"
#include "watch.h"

static void print_plain(const struct table *t, FILE *out)
{
	table_print(t, &(struct screen){ .rows = (size_t)-1 }, out);
}

static print_fn *const prints[] = {
	[FORMAT_TABLE] = print_plain,
	[FORMAT_TSV] = table_print_tsv,
	[FORMAT_JSON] = table_print_json,
};

static int show(const struct options *options, view_fn *view)
{
	struct table t;
	int status;

	view(&options->query, &t);
	prints[options->format](&t, stdout);
	finish_output();
	status = t.rows ? 0 : STATUS_NONE;
	table_free(&t);
	return status;
}

static int run_metrics(const struct options *options)
{
	char *text = metrics_text(&options->metrics);

	if (options->textfile)
		textfile_write(options->textfile, text);
	else
		fputs(text, stdout);
	free(text);
	finish_output();
	return 0;
}

static int run_doctor(const struct options *options)
{
	int status = options->module ? doctor_module(options->module) :
				       doctor(options->verbose);

	finish_output();
	return status;
}

const struct command commands[] = {
	{ "tasks", "snupjtw", view_tasks, NULL,
	  "processes: pid, parent's pid, state, name, parent's name" },
	{ "tree", "snupw", view_tree, NULL,
	  "processes below their parents; with a filter, their ancestors too" },
	{ "threads", "snupjtw", view_threads, NULL,
	  "threads: state, user, control group, ms since put on a processor" },
	{ "report", "sjtw", view_report, NULL,
	  "number of processes and threads in each state" },
	{ "stuck", "nupmjtw", view_stuck, NULL,
	  "threads in state D; first the one put on a processor longest ago" },
	{ "metrics", "fTb", NULL, run_metrics,
	  "counts in the text format of Prometheus" },
	{ "doctor", "vM", NULL, run_doctor,
	  "find out why the modules do not work, and what to do" },
	{ "explain", "jlL+", NULL, explain,
	  "what a message of the kernel's or of a tool's means, and what to do" },
	{ 0 },
};

static const struct command *find_command(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (!strcmp(command->name, name))
			return command;
	usage_error("unknown command '%s'", name);
}

static int show_help(void)
{
	help_print();
	finish_output();
	return 0;
}

int main(int argc, char **argv)
{
	struct options options;
	const struct command *command;

	options_parse(&options, argc, argv);
	if (!strcmp(options.command, "help"))
		return show_help();
	command = find_command(options.command);
	options_check(&options, command->options);
	if (command->run)
		return command->run(&options);
	if (!options.seconds)
		return show(&options, command->view);
	watch(command->name, command->view, &options.query, options.seconds,
	      prints[options.format], options.format == FORMAT_TABLE);
	return 0;
}
