// SPDX-License-Identifier: GPL-2.0
#include "explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "error.h"
#include "json.h"
#include "kmsg.h"
#include "match.h"

static void add_words(struct answers *answers, char *const *words)
{
	for (char *const *word = words; *word; word++) {
		if (word > words)
			answers_add(answers, " ", 1);
		answers_add(answers, *word, strlen(*word));
	}
}

static void add_log(struct answers *answers)
{
	char *log = kmsg_read(), *rest = log, *line;

	if (!log)
		unusable("cannot read /dev/kmsg: %s%s", strerror(errno), kmsg_advice(errno));
	while ((line = strsep(&rest, "\n"))) {
		struct kmsg_line parsed;

		if (!kmsg_parse(line, &parsed))
			continue;
		answers_add(answers, parsed.text, strlen(parsed.text));
		answers_add(answers, "\n", 1);
	}
	free(log);
}

static void add_input(struct answers *answers)
{
	char buffer[65536];
	ssize_t n;

	if (isatty(STDIN_FILENO))
		fputs("Paste the message, then Ctrl-D:\n", stderr);
	while ((n = read(STDIN_FILENO, buffer, sizeof(buffer))) != 0) {
		if (n < 0 && errno != EINTR)
			unusable("cannot read standard input: %s", strerror(errno));
		if (n > 0)
			answers_add(answers, buffer, n);
	}
}

static void add_what_is_given(struct answers *answers, const struct options *options)
{
	if (options->log && *options->words)
		usage_error("explain takes a message or --log, not both");
	if (options->log)
		add_log(answers);
	else if (*options->words)
		add_words(answers, options->words);
	else
		add_input(answers);
	answers_end(answers);
}

static void say_unknown(const struct answers *answers)
{
	if (answers->lines == 1)
		warning("no message like this is known: %s: give the lines around it, too",
			answers->first);
	else
		warning("no message is known that is in one of these %zu lines", answers->lines);
}

static int answer(struct answers *answers, const struct options *options)
{
	if (!answers->lines && !options->log)
		usage_error("explain needs a message, as in: taskmods explain \"Unknown symbol in "
			    "module\"");
	if (!answers->n && answers->lines == 1)
		answers_add_holding(answers);
	if (options->format == FORMAT_JSON)
		answers_print_json(answers);
	else
		answers_print(answers);
	finish_output();
	if (answers->n)
		return 0;
	say_unknown(answers);
	return STATUS_NONE;
}

/* Every record, with all the texts that it is met in. */
static void list(void)
{
	const struct record *records = match_records();
	const struct pattern *pattern;
	size_t at = 0;

	putchar('[');
	for (size_t i = 0; records[i].id; i++) {
		const char *comma = "";

		fputs(i ? ",\n{\"says\":[" : "\n{\"says\":[", stdout);
		for (; (pattern = match_pattern(at)) && pattern->record == i; at++) {
			fputs(comma, stdout);
			json_put_utf8(pattern->text, stdout);
			comma = ",";
		}
		putchar(']');
		json_put_record(&records[i], stdout);
		putchar('}');
	}
	puts("\n]");
	finish_output();
}

int explain(const struct options *options)
{
	struct answers answers = { 0 };
	int status;

	if (options->list) {
		list();
		return 0;
	}
	add_what_is_given(&answers, options);
	status = answer(&answers, options);
	answers_free(&answers);
	return status;
}
