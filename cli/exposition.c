// SPDX-License-Identifier: GPL-2.0
#include "exposition.h"

void exposition_family(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP taskmods_%s %s\n# TYPE taskmods_%s gauge\n", name, help, name);
}

void exposition_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '"' || *value == '\\')
			fprintf(out, "\\%c", *value);
		else
			putc(*value, out);
	}
	putc('"', out);
}

void exposition_count(FILE *out, const char *name, unsigned long value)
{
	fprintf(out, "taskmods_%s %lu\n", name, value);
}
