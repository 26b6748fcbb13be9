// SPDX-License-Identifier: GPL-2.0
/* Whether a module is loaded, and who holds it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "finding.h"
#include "modules.h"
#include "paths.h"

/* The modules that use it, each behind a space; their number goes to @n. */
static char *users_of(const char *name, int *n)
{
	char *below = xasprintf("/sys/module/%s/holders", name), *full = path_of(below);
	char *all = xstrdup(""), *more;
	DIR *dir = opendir(full);
	struct dirent *entry;

	*n = 0;
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		more = xasprintf("%s %s", all, entry->d_name);
		free(all);
		all = more;
		++*n;
	}
	if (dir)
		closedir(dir);
	free(full);
	free(below);
	return all;
}

static char *attribute(const char *name, const char *which)
{
	char *path = xasprintf("/sys/module/%s/%s", name, which);
	char *value = first_line(path);

	free(path);
	return value;
}

static void tell_references(struct patient *p, const char *name)
{
	char *count = attribute(name, "refcnt");
	int n, references = count ? atoi(count) : 0;
	char *who = users_of(name, &n);

	if (!count)
		finding_ok(p, "loaded: %s is a part of the kernel, or cannot be unloaded", name);
	else if (references > n)
		finding_ok(p, "references: %d:%s%s; %d more of open files, mounts or devices: "
			   "lsof, fuser", references, n ? " of" : "", who, references - n);
	else
		finding_ok(p, "references: %d%s%s", references, n ? ": of" : "", who);
	free(who);
	free(count);
}

/* Its directory has _ where its name may have -. */
void look_at_state(struct patient *p, const char *name)
{
	char *underscored = xstrdup(name), *state;

	for (char *c = underscored; *c; c++)
		if (*c == '-')
			*c = '_';
	state = attribute(underscored, "initstate");
	if (module_is_loaded(underscored)) {
		finding_ok(p, "loaded: %s%s%s", underscored, state ? ", " : "", state ? state : "");
		tell_references(p, underscored);
	} else {
		finding_add(p, NOT_LOADED, "loaded: %s is not: modprobe %s", name, name);
	}
	free(state);
	free(underscored);
}
