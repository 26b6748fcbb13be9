// SPDX-License-Identifier: GPL-2.0
/* What dkms' last build of a module says, explained. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "error.h"
#include "finding.h"
#include "paths.h"

/* The cause first: what comes of it needs no words. */
static void tell(struct patient *p, const char *path, const struct answers *answers)
{
	for (size_t i = 0; i < answers->n; i++) {
		const struct answer *answer = &answers->all[i];

		if (answer->record->rank == RANK_HARMLESS)
			continue;
		finding_add(p, BUILD_FAILED, "dkms: %s: %s: %s", path, answer->text,
			    answer->record->remedy ? answer->record->remedy :
						     answer->record->means);
		if (answer->record->rank == RANK_CAUSE)
			return;
	}
}

static void read_log(struct patient *p, const char *path, const char *name)
{
	size_t len;
	char *text = slurp(path, &len);
	struct answers answers = { 0 };

	if (text && (!name || strstr(text, name))) {
		answers_add(&answers, text, len);
		answers_end(&answers);
		tell(p, path, &answers);
		if (!answers.n)
			finding_ok(p, "dkms: %s: no complaint", path);
	}
	answers_free(&answers);
	free(text);
}

/* A build that went well leaves no log there. */
static void read_logs(struct patient *p, const char *below, const char *name)
{
	char *pattern = path_of(below);
	glob_t found;

	if (!glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			read_log(p, found.gl_pathv[i], name);
		globfree(&found);
	}
	free(pattern);
}

void check_build(struct patient *p)
{
	read_logs(p, "/var/lib/dkms/taskmods/*/build/make.log", NULL);
}

void look_at_build(struct patient *p, const char *name)
{
	read_logs(p, "/var/lib/dkms/*/*/build/make.log", name);
}
