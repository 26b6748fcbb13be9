// SPDX-License-Identifier: GPL-2.0
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "error.h"
#include "modules.h"
#include "paths.h"
#include "text.h"

static const struct column tasks_columns[] = {
	{ .title = "PID", .kind = NUMBER, .key = true },
	{ .title = "PPID", .kind = NUMBER },
	{ .title = "STATE", .kind = WORD },
	{ .title = "COMM", .kind = NAME },
	{ .title = "PARENT", .kind = NAME },
};

static const struct column threads_columns[] = {
	{ .title = "PID", .kind = NUMBER, .key = true },
	{ .title = "TID", .kind = NUMBER, .key = true },
	{ .title = "STATE", .kind = WORD },
	{ .title = "UID", .kind = NUMBER },
	{ .title = "CGROUP", .kind = NUMBER },
	{ .title = "LASTRUN", .kind = NUMBER, .restless = true },
	{ .title = "COMM", .kind = NAME },
};

static const struct column report_columns[] = {
	{ .title = "STATE", .kind = WORD, .key = true },
	{ .title = "PROCESSES", .kind = NUMBER },
	{ .title = "THREADS", .kind = NUMBER },
};

#define COLUMNS(array) .columns = array, .width = ARRAY_SIZE(array)

const struct source tasks_source = {
	.name = "tasks", .module = "walker_mod", .separator = '\t', COLUMNS(tasks_columns),
};

const struct source threads_source = {
	.name = "threads", .module = "walker_mod", .separator = '\t', COLUMNS(threads_columns),
};

const struct source report_source = {
	.name = "report", .module = "report_mod", .separator = ' ', COLUMNS(report_columns),
};

static _Noreturn void cannot_read(const struct source *source, const char *path)
{
	int error = errno;
	char *proc = proc_path("");

	proc[strlen(proc) - 1] = '\0';
	if (error == ENOENT && access(proc, F_OK))
		fatal("there is no %s: mount /proc, or say where it is", proc);
	if (error == ENOENT && module_is_loaded(source->module))
		fatal("%s is not there, though %s is loaded: load one of this version: "
		      RELOAD_MODULES, path, source->module);
	if (error == ENOENT)
		fatal("%s is not there: %s is not loaded: load it: modprobe %s", path,
		      source->module, source->module);
	if (error == EACCES)
		fatal("cannot read %s: %s: where /proc has hidepid, or core_mod a mode=, "
		      "ask as root", path, strerror(error));
	fatal("cannot read %s: %s", path, strerror(error));
}

/* End a field at @p; return the start of the next. Padding is any number of separators. */
static char *end_field(char *p, char separator)
{
	*p++ = '\0';
	while (separator == ' ' && *p == ' ')
		p++;
	return p;
}

/* Split a line in place; return how many fields it has, of which only @width are kept. */
static size_t split(char *line, char separator, char **fields, size_t width)
{
	size_t n = 0;

	for (char *p = line; p; n++) {
		char *end = strchr(p, separator);

		if (n < width)
			fields[n] = p;
		p = end ? end_field(end, separator) : NULL;
	}
	return n;
}

static bool is_number(const char *field)
{
	return !strcmp(field, "-") || text_is_number(field);
}

static bool is_header(const struct source *source, char **fields)
{
	for (size_t i = 0; i < source->width; i++)
		if (strcmp(fields[i], source->columns[i].title))
			return false;
	return true;
}

static bool is_row(const struct source *source, char **fields)
{
	for (size_t i = 0; i < source->width; i++)
		if (source->columns[i].kind == NUMBER && !is_number(fields[i]))
			return false;
	return true;
}

/* Add a line to the table, or as the first one check that it is the header. */
static bool take_line(const struct source *source, struct table *t, char *line, size_t number)
{
	char **fields = table_add(t);

	if (split(line, source->separator, fields, source->width) != source->width)
		return false;
	if (number > 1)
		return is_row(source, fields);
	t->rows--;
	return is_header(source, fields);
}

static void parse(const struct source *source, struct table *t, char *data, const char *path)
{
	size_t number = 1;
	char *end;

	for (char *line = data; *line || number == 1; line = end + 1, number++) {
		end = strchr(line, '\n');
		if (!end)
			fatal("%s ends in the middle of line %zu: read it again", path, number);
		*end = '\0';
		if (!take_line(source, t, line, number))
			fatal("%s: line %zu has an unknown format: the modules and "
			      "taskmods must be of one version: see taskmods doctor", path,
			      number);
	}
}

static double seconds_since(const struct timespec *began)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - began->tv_sec + (now.tv_nsec - began->tv_nsec) / 1e9;
}

double source_read(const struct source *source, struct table *t)
{
	char *name = xasprintf("taskmods/%s", source->name);
	char *path = proc_path(name);
	struct timespec began;
	double seconds;
	char *data;

	free(name);
	table_init(t, source->columns, source->width);
	clock_gettime(CLOCK_MONOTONIC, &began);
	data = slurp(path, NULL);
	seconds = seconds_since(&began);
	if (!data)
		cannot_read(source, path);
	table_own(t, data);
	parse(source, t, data, path);
	free(path);
	return seconds;
}
