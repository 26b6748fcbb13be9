// SPDX-License-Identifier: GPL-2.0
#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "wrap.h"

/* Of a line that is longer than one look, this much is looked at again with what comes next. */
#define OVERLAP 1024
/* A shorter part of a message stands in too many, and so does a single word. */
#define MIN_PART 8
#define MAX_HOLDING 5

static struct answer *answer_for(struct answers *answers, const struct record *record)
{
	for (size_t i = 0; i < answers->n; i++)
		if (answers->all[i].record == record)
			return &answers->all[i];
	answers->all = xrealloc(answers->all, answers->n + 1, sizeof(*answers->all));
	answers->all[answers->n] = (struct answer){ .record = record };
	return &answers->all[answers->n++];
}

/* The room for numbers doubles. */
static void note_line(struct answer *answer, size_t number)
{
	if (answer->n && answer->lines[answer->n - 1] == number)
		return;
	if (!(answer->n & (answer->n - 1)))
		answer->lines = xrealloc(answer->lines, answer->n ? 2 * answer->n : 1,
					 sizeof(*answer->lines));
	answer->lines[answer->n++] = number;
}

static void look(struct answers *answers)
{
	const struct record *record;
	struct answer *answer;
	char shown[SHOWN_SIZE];

	if (!match_shown(shown, sizeof(shown), answers->rest, answers->len))
		return;
	if (!answers->inside && !answers->lines++)
		memcpy(answers->first, shown, sizeof(shown));
	record = match_line(answers->rest, answers->len);
	if (!record)
		return;
	answer = answer_for(answers, record);
	if (!answer->n)
		memcpy(answer->text, shown, sizeof(shown));
	note_line(answer, answers->number + 1);
}

/* The line goes on: keep its end, in which a message may have begun. */
static void look_at_part(struct answers *answers)
{
	look(answers);
	answers->inside = true;
	memmove(answers->rest, answers->rest + answers->len - OVERLAP, OVERLAP);
	answers->len = OVERLAP;
}

static void end_line(struct answers *answers)
{
	look(answers);
	answers->inside = false;
	answers->len = 0;
	answers->number++;
}

void answers_add(struct answers *answers, const char *text, size_t len)
{
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;
		size_t room = MATCH_WINDOW - answers->len;

		if (n > room)
			n = room;
		memcpy(answers->rest + answers->len, text, n);
		answers->len += n;
		text += n;
		len -= n;
		if (len && *text == '\n') {
			end_line(answers);
			text++;
			len--;
		} else if (answers->len == MATCH_WINDOW) {
			look_at_part(answers);
		}
	}
}

static int by_rank(const void *left, const void *right)
{
	const struct answer *a = left, *b = right;

	if (a->record->rank != b->record->rank)
		return a->record->rank < b->record->rank ? -1 : 1;
	return a->lines[0] < b->lines[0] ? -1 : a->lines[0] > b->lines[0];
}

void answers_end(struct answers *answers)
{
	if (answers->len)
		end_line(answers);
	if (answers->n)
		qsort(answers->all, answers->n, sizeof(*answers->all), by_rank);
}

void answers_add_holding(struct answers *answers)
{
	size_t len = strlen(answers->first);

	if (len < MIN_PART || len >= SHOWN_SIZE - 4 || !strchr(answers->first, ' '))
		return;
	for (const struct record *record = match_records(); record->id; record++) {
		struct answer *answer;

		if (answers->n == MAX_HOLDING)
			return;
		if (!match_holds(record, answers->first, len))
			continue;
		answer = answer_for(answers, record);
		match_shown(answer->text, SHOWN_SIZE, record->text, strlen(record->text));
		note_line(answer, 1);
	}
}

/* The kernel's own reason is there: who reads this has the log. */
static bool has_cause(const struct answers *answers)
{
	return answers->n && answers->all[0].record->rank == RANK_CAUSE;
}

static void print_either(const char *either)
{
	const char *label = "either:";

	while (either) {
		size_t len = strcspn(either, "\n");

		wrap_print(label, either, len);
		label = "or:";
		either = either[len] ? either + len + 1 : NULL;
	}
}

static void print_part(const char *label, const char *text)
{
	if (text)
		wrap_print(label, text, strlen(text));
}

static void print_one(const struct answer *answer, bool with_log)
{
	const struct record *record = answer->record;

	puts(answer->text);
	if (answer->n > 1)
		printf("(and %zu more such lines)\n", answer->n - 1);
	print_part(record->rank == RANK_HARMLESS ? "harmless:" : "means:", record->means);
	print_either(record->either);
	print_part("do:", record->remedy);
	if (with_log)
		print_part("see:", record->log);
	if (record->row)
		printf("%-10sdocs/behaviours.md#%s; make test T=%s\n", "shown:", record->row,
		       record->row);
	else
		print_part("said by:", record->source);
}

void answers_print(const struct answers *answers)
{
	bool with_log = !has_cause(answers);

	for (size_t i = 0; i < answers->n; i++) {
		if (i)
			putchar('\n');
		print_one(&answers->all[i], with_log);
	}
}

static void put_lines(const struct answer *answer)
{
	fputs(",\"lines\":[", stdout);
	for (size_t i = 0; i < answer->n; i++)
		printf("%s%zu", i ? "," : "", answer->lines[i]);
	putchar(']');
}

static void put_json(const struct answer *answer)
{
	fputs("{\"text\":", stdout);
	json_put_utf8(answer->text, stdout);
	put_lines(answer);
	json_put_record(answer->record, stdout);
	putchar('}');
}

void answers_print_json(const struct answers *answers)
{
	putchar('[');
	for (size_t i = 0; i < answers->n; i++) {
		fputs(i ? ",\n" : "\n", stdout);
		put_json(&answers->all[i]);
	}
	fputs(answers->n ? "\n]\n" : "]\n", stdout);
}

void answers_free(struct answers *answers)
{
	for (size_t i = 0; i < answers->n; i++)
		free(answers->all[i].lines);
	free(answers->all);
}
