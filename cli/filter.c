// SPDX-License-Identifier: GPL-2.0
#include "filter.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "error.h"
#include "join.h"
#include "states.h"
#include "text.h"
#include "users.h"

static bool is_state(char letter)
{
	for (int i = 0; i < N_STATES; i++)
		if (states[i].letter == letter)
			return true;
	return false;
}

static void check_states(const char *letters)
{
	if (!letters[strspn(letters, ",")])
		usage_error("--state is empty: use some of RSDTtXZPI");
	for (; *letters; letters++)
		if (*letters != ',' && !is_state(*letters))
			usage_error("--state: %s is not a state: use some of RSDTtXZPI",
				    letters);
}

void filter_prepare(struct filter *filter)
{
	unsigned long uid;

	for (size_t i = 0; i < filter->states.n; i++)
		check_states(filter->states.word[i]);
	for (size_t i = 0; i < filter->users.n; i++) {
		if (!user_number(filter->users.word[i], &uid))
			usage_error("--user %s: no such user", filter->users.word[i]);
		filter->users.word[i] = xasprintf("%lu", uid);
	}
}

bool filter_is_empty(const struct filter *filter)
{
	return !(filter->states.n + filter->names.n + filter->users.n + filter->parents.n);
}

/* The report names states. */
static bool match_state(const char *word, const char *cell)
{
	char letter = cell[0] && cell[1] ? state_letter(cell) : cell[0];

	return letter && letter != ',' && strchr(word, letter);
}

static bool match_name(const char *word, const char *cell)
{
	char *name = xstrdup(cell);
	bool matches = !fnmatch(word, text_decode(name, name), 0);

	free(name);
	return matches;
}

static bool match_user(const char *word, const char *cell)
{
	return !strcmp(word, cell);
}

static bool match_ppid(const char *word, const char *cell)
{
	return text_is_number(word) && strtoul(word, NULL, 10) == strtoul(cell, NULL, 10);
}

static bool match_parent(const char *word, const char *cell)
{
	return !text_is_number(word) && match_name(word, cell);
}

typedef bool match_fn(const char *word, const char *cell);

/* Where cells come from: a column of the file itself, or of another one by pid. */
struct lookup {
	const struct table *t;
	int column;
	struct join *join;
};

static struct lookup look_into(const struct table *t, const char *title,
			       const struct source *other)
{
	struct lookup lookup = { .t = t, .column = table_column(t, title) };

	if (lookup.column < 0)
		lookup.join = join_read(other, title);
	return lookup;
}

/* NULL for a process that is not in the other file. */
static const char *cell_of(const struct lookup *lookup, char *const *row)
{
	if (lookup->join)
		return join_find(lookup->join, row[table_column(lookup->t, "PID")]);
	return row[lookup->column];
}

/* Set @found for the rows whose cell of that title one of the words matches. */
static void match_any(const struct words *words, match_fn *match, const struct table *t,
		      const char *title, const struct source *other, bool *found)
{
	struct lookup lookup = look_into(t, title, other);

	for (size_t row = 0; row < t->rows; row++) {
		const char *cell = cell_of(&lookup, table_row(t, row));

		for (size_t i = 0; cell && !found[row] && i < words->n; i++)
			found[row] = match(words->word[i], cell);
	}
	join_free(lookup.join);
}

static void narrow(bool *matches, bool *found, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		matches[i] &= found[i];
		found[i] = false;
	}
}

bool *filter_match(const struct filter *filter, const struct source *source,
		   const struct table *t)
{
	const struct source *other = source == &tasks_source ? &threads_source : &tasks_source;
	const struct {
		const struct words *words;
		struct {
			match_fn *match;
			const char *title;
		} by[2];
	} parts[] = {
		{ &filter->states, { { match_state, "STATE" } } },
		{ &filter->names, { { match_name, "COMM" } } },
		{ &filter->users, { { match_user, "UID" } } },
		{ &filter->parents, { { match_ppid, "PPID" }, { match_parent, "PARENT" } } },
	};
	bool *matches = xcalloc(t->rows, sizeof(*matches));
	bool *found = xcalloc(t->rows, sizeof(*found));

	memset(matches, true, t->rows);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!parts[i].words->n)
			continue;
		for (int j = 0; j < 2 && parts[i].by[j].match; j++)
			match_any(parts[i].words, parts[i].by[j].match, t, parts[i].by[j].title,
				  other, found);
		narrow(matches, found, t->rows);
	}
	free(found);
	return matches;
}

void filter_apply(const struct filter *filter, const struct source *source, struct table *t)
{
	bool *matches = filter_match(filter, source, t);
	size_t kept = 0;

	for (size_t row = 0; row < t->rows; row++) {
		if (!matches[row])
			continue;
		memmove(table_row(t, kept), table_row(t, row), t->width * sizeof(*t->cells));
		kept++;
	}
	t->rows = kept;
	free(matches);
}
