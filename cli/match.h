/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of messages, and finding whose words a line has. It needs of the C library no more than
 * what handles memory and strings.
 */
#ifndef MATCH_H
#define MATCH_H

#include <stdbool.h>
#include <stddef.h>

/* In the order in which answers are shown. */
enum rank { RANK_CAUSE, RANK_ERROR, RANK_RESULT, RANK_HARMLESS };

/* A message of the table: what it means, and what to do. NULL where a record has no such part. */
struct record {
	const char *id;
	const char *section;
	const char *text;	/* the first one of those that it is met in */
	const char *means;
	const char *either;	/* its several causes, and how to tell them apart: a line each */
	const char *remedy;
	const char *log;	/* advice for who has not seen the kernel log */
	const char *row;	/* the behaviour that shows it */
	const char *source;	/* or else the program that says it */
	enum rank rank;
};

/* A text that a message is met in, with {what differs} in it. */
struct pattern {
	const char *text;
	size_t record;
};

/* The last one has no id. */
const struct record *match_records(void);

/* The @n-th text that there is, of any record; NULL where there are no more. */
const struct pattern *match_pattern(size_t n);

/* No line that is looked at as a whole is longer; of a longer one each part is. */
#define MATCH_WINDOW 4096

/*
 * Write what tells one message from another to @plain, of MATCH_WINDOW bytes: lower case, single
 * spaces, neither quotes nor what colours a terminal. Returns its length, of the first @len bytes
 * of @line; NUL bytes are as good as others.
 */
size_t match_plain(char *plain, const char *line, size_t len);

/* The same of a text of the table; bytes from 1 to MATCH_LAST_MARK stand for what differs. */
#define MATCH_LAST_MARK 5
size_t match_plain_pattern(char *plain, const char *text, size_t len);

/* The record that has most of the words of a line; NULL where none has. */
const struct record *match_line(const char *line, size_t len);

/* Whether one of the texts of @record holds what is in @part: a message not copied whole. */
bool match_holds(const struct record *record, const char *part, size_t len);

/*
 * Write @line to @shown, of @size bytes, as it can be shown: without what a terminal would obey,
 * and without what is no UTF-8. Returns its length; it is NUL-ended, and may be cut.
 */
size_t match_shown(char *shown, size_t size, const char *line, size_t len);

#endif
