// SPDX-License-Identifier: GPL-2.0
/* A record of the table of messages as JSON. */
#include <string.h>

#include "json.h"

static const char *const ranks[] = { "cause", "error", "result", "harmless" };

static void put_member(const char *name, const char *text, FILE *out)
{
	fprintf(out, ",\"%s\":", name);
	if (text)
		json_put_utf8(text, out);
	else
		fputs("null", out);
}

void json_put_record(const struct record *record, FILE *out)
{
	put_member("id", record->id, out);
	put_member("section", record->section, out);
	put_member("rank", ranks[record->rank], out);
	put_member("means", record->means, out);
	put_member("either", record->either, out);
	put_member("do", record->remedy, out);
	put_member("see", record->log, out);
	put_member("row", record->row, out);
	put_member("source", record->source, out);
}
