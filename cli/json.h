/* SPDX-License-Identifier: GPL-2.0 */
/* JSON's parts. */
#ifndef JSON_H
#define JSON_H

#include <stdio.h>

#include "match.h"

/* A string; the text must be UTF-8. */
void json_put_utf8(const char *text, FILE *out);

/* The members of a record, each behind a comma. */
void json_put_record(const struct record *record, FILE *out);

#endif
