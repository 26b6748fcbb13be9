// SPDX-License-Identifier: GPL-2.0
/* Whether there is something to build modules with, for the running kernel. */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "finding.h"
#include "installed.h"
#include "modules.h"
#include "paths.h"

static bool are_installed(const struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++)
		if (!is_installed(&p->installed[i]))
			return false;
	return true;
}

/* The release that headers are of; NULL where they do not say so. */
static char *headers_release(const char *build)
{
	char *path = xasprintf("%s/include/generated/utsrelease.h", build);
	char *text = slurp(path, NULL), *release = NULL;
	char *begin = text ? strstr(text, "UTS_RELEASE \"") : NULL;

	if (begin) {
		begin += strlen("UTS_RELEASE \"");
		begin[strcspn(begin, "\"\n")] = '\0';
		release = xstrdup(begin);
	}
	free(text);
	free(path);
	return release;
}

/* They are for building: where the modules are installed, nobody misses them. */
void check_headers(struct patient *p)
{
	char *build = xasprintf("%s/build", p->modules);
	char *release = headers_release(build);

	if (!release && are_installed(p))
		finding_ok(p, "headers: none in %s; the installed modules do not need them",
			   build);
	else if (!release)
		finding_add(p, NO_HEADERS, "headers: none in %s: install linux-headers-%s", build,
			    p->release);
	else if (strcmp(release, p->release))
		finding_add(p, OTHER_HEADERS, "headers: %s is of %s, not of the running %s: "
			    "install linux-headers-%s", build, release, p->release, p->release);
	else
		finding_ok(p, "headers: %s", build);
	free(release);
	free(build);
}
