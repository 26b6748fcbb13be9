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
	[THREADS_PID] = { .title = "PID", .kind = NUMBER, .key = true },
	[THREADS_TID] = { .title = "TID", .kind = NUMBER, .key = true },
	[THREADS_STATE] = { .title = "STATE", .kind = WORD },
	[THREADS_UID] = { .title = "UID", .kind = NUMBER },
	[THREADS_CGROUP] = { .title = "CGROUP", .kind = NUMBER },
	[THREADS_LASTRUN] = { .title = "LASTRUN", .kind = NUMBER, .restless = true },
	[THREADS_COMM] = { .title = "COMM", .kind = NAME },
};

static const struct column report_columns[] = {
	{ .title = "STATE", .kind = WORD, .key = true },
	{ .title = "PROCESSES", .kind = NUMBER },
	{ .title = "THREADS", .kind = NUMBER },
};

#define MAX_WIDTH ARRAY_SIZE(threads_columns)

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

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where the number at @p ends, or NULL without one. */
static char *number_end(char *p)
{
	if (!is_digit(*p))
		return *p == '-' ? p + 1 : NULL;
	while (is_digit(*++p))
		;
	return p;
}

/* Where the word at @p ends: names have no byte below a space, as that is escaped. */
static char *word_end(char *p, char separator)
{
	const unsigned char low = separator == ' ' ? '!' : ' ';

	while ((unsigned char)*p >= low)
		p++;
	return p;
}

/* The field after the separator at @p. Padding is any number of them. */
static char *next_field(char *p, char separator)
{
	p++;
	if (separator == ' ')
		while (*p == ' ')
			p++;
	return p;
}

/*
 * Split a line in place; return its end, or NULL where its fields are not one of each column's
 * kind.
 */
static char *split(const struct source *source, char *p, char **fields)
{
	const struct column *column = source->columns, *last = column + source->width - 1;
	const char separator = source->separator;

	for (;; column++) {
		*fields++ = p;
		p = column->kind == NUMBER ? number_end(p) : word_end(p, separator);
		if (column == last || !p || *p != separator)
			break;
		*p = '\0';
		p = next_field(p, separator);
	}
	if (column != last || !p || *p != '\n')
		return NULL;
	*p = '\0';
	return p;
}

/* The end of a line that is the columns' titles, or NULL. */
static char *header_end(const struct source *source, char *p)
{
	for (size_t i = 0; i < source->width; i++) {
		const char *title = source->columns[i].title;

		if (i) {
			if (*p != source->separator)
				return NULL;
			p = next_field(p, source->separator);
		}
		if (strncmp(p, title, strlen(title)))
			return NULL;
		p += strlen(title);
	}
	return *p == '\n' ? p : NULL;
}

static _Noreturn void cannot_parse(const char *path, const char *line, size_t number, size_t left)
{
	if (!memchr(line, '\n', left))
		fatal("%s ends in the middle of line %zu: read it again", path, number);
	fatal("%s: line %zu has an unknown format: the modules and taskmods must be of one "
	      "version: see taskmods doctor", path, number);
}

/* Have the rows taken of what the file at @path has, up to @past. */
static void parse(const struct source *source, char *data, char *past, const char *path,
		  row_fn *take, void *context)
{
	char *fields[MAX_WIDTH];
	size_t number = 1;
	char *line = data, *end = header_end(source, line);

	while (end && *(line = end + 1)) {
		number++;
		end = split(source, line, fields);
		if (end)
			take(context, fields);
	}
	if (!end)
		cannot_parse(path, line, number, past - line);
}

static double seconds_since(const struct timespec *began)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - began->tv_sec + (now.tv_nsec - began->tv_nsec) / 1e9;
}

/* Returns what the rows' cells point into. */
static char *read_rows(const struct source *source, row_fn *take, void *context, double *seconds)
{
	char *name = xasprintf("taskmods/%s", source->name);
	char *path = proc_path(name);
	struct timespec began;
	char *data;
	size_t len;

	free(name);
	clock_gettime(CLOCK_MONOTONIC, &began);
	data = slurp(path, &len);
	*seconds = seconds_since(&began);
	if (!data)
		cannot_read(source, path);
	parse(source, data, data + len, path, take, context);
	free(path);
	return data;
}

double source_each(const struct source *source, row_fn *take, void *context)
{
	double seconds;

	free(read_rows(source, take, context, &seconds));
	return seconds;
}

static void add_row(void *context, char **cells)
{
	struct table *t = context;

	memcpy(table_add(t), cells, t->width * sizeof(*cells));
}

double source_read(const struct source *source, struct table *t)
{
	double seconds;

	table_init(t, source->columns, source->width);
	table_own(t, read_rows(source, add_row, t, &seconds));
	return seconds;
}
