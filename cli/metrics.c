// SPDX-License-Identifier: GPL-2.0
#include "metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "exposition.h"
#include "modules.h"
#include "parts.h"
#include "source.h"
#include "states.h"

static void put_states(FILE *out, const struct table *report, const char *name,
		       const char *title, const char *help)
{
	int state = table_column(report, "STATE"), column = table_column(report, title);

	exposition_family(out, name, help);
	for (size_t row = 0; row < report->rows; row++) {
		char **cells = table_row(report, row);
		char letter = state_letter(cells[state]);

		if (letter)
			fprintf(out, "taskmods_%s{state=\"%c\"} %s\n", name, letter,
				cells[column]);
	}
}

/* What is told of threads. */
struct seen {
	struct parts parts;
	/* Since one in state D was last put on a processor, the most; below 0: that is not kept. */
	double longest;
};

static void see(void *context, char **cells)
{
	struct seen *seen = context;
	const char *lastrun = cells[THREADS_LASTRUN];
	double seconds = 0;

	parts_add(&seen->parts, cells);
	if (!strcmp(lastrun, "-"))
		return;
	if (!strcmp(cells[THREADS_STATE], "D"))
		seconds = strtod(lastrun, NULL) / 1000;
	if (seconds > seen->longest)
		seen->longest = seconds;
}

static void put_lastrun(FILE *out, double longest)
{
	if (longest < 0)
		return;
	exposition_family(out, "blocked_lastrun_max_seconds", "The longest time since a thread in "
			  "state D was last put on a processor: none has waited for longer; "
			  "0 without any.");
	fprintf(out, "taskmods_blocked_lastrun_max_seconds %.3f\n", longest);
}

static void put_cost(FILE *out, double report, double threads)
{
	exposition_family(out, "read_seconds", "How long it took to read the file.");
	fprintf(out, "taskmods_read_seconds{file=\"report\"} %.6f\n", report);
	if (threads >= 0)
		fprintf(out, "taskmods_read_seconds{file=\"threads\"} %.6f\n", threads);
}

static void put_version(FILE *out, const char *component, const char *version)
{
	fprintf(out, "taskmods_version_info{component=\"%s\",", component);
	exposition_label(out, "version", version);
	fputs("} 1\n", out);
}

static void put_versions(FILE *out)
{
	exposition_family(out, "version_info",
			  "Versions, of this command and of the modules loaded.");
	put_version(out, "taskmods", VERSION);
	for (int i = 0; i < N_MODULES; i++) {
		char *version = module_loaded_version(modules[i]);

		if (version)
			put_version(out, modules[i], version);
		free(version);
	}
}

static double put_threads(FILE *out, size_t top)
{
	struct seen seen = { .longest = -1 };
	double seconds = source_each(&threads_source, see, &seen);

	put_lastrun(out, seen.longest);
	parts_put(out, &seen.parts, top);
	parts_free(&seen.parts);
	return seconds;
}

char *metrics_text(const struct metrics_query *query)
{
	double report_seconds, threads_seconds = -1;
	struct table report;
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		fatal("out of memory");
	report_seconds = source_read(&report_source, &report);
	put_states(out, &report, "processes", "PROCESSES",
		   "Processes by state of their first thread.");
	put_states(out, &report, "threads", "THREADS", "Threads by state.");
	table_free(&report);
	if (!query->brief)
		threads_seconds = put_threads(out, query->top);
	put_cost(out, report_seconds, threads_seconds);
	put_versions(out);
	if (fclose(out))
		fatal("out of memory");
	return text;
}
