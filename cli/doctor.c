// SPDX-License-Identifier: GPL-2.0
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "error.h"
#include "finding.h"
#include "installed.h"
#include "paths.h"

static check_fn *const checks[] = {
	check_headers, check_installed, check_vermagic, check_signatures, check_modprobe_d,
	check_loaded, check_versions, check_outdated, check_log,
};

static char *running_release(void)
{
	char *path = proc_path("sys/kernel/osrelease");
	char *release = slurp(path, NULL);

	if (!release)
		fatal("cannot read %s: %s", path, strerror(errno));
	release[strcspn(release, "\n")] = '\0';
	free(path);
	return release;
}

int doctor(bool verbose)
{
	struct patient p = { .verbose = verbose, .release = running_release() };
	char *below = xasprintf("/lib/modules/%s", p.release);
	int status;

	p.modules = path_of(below);
	p.installed = installed_find(p.modules);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		checks[i](&p);
	status = finding_say_all(&p);
	if (!status)
		printf("nothing is wrong with taskmods on %s\n", p.release);
	installed_free(p.installed);
	free(p.modules);
	free(p.release);
	free(below);
	return status;
}
