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
	check_loaded, check_versions, check_outdated, check_log, check_build,
};

static look_fn *const looks[] = {
	look_at_files, look_at_config, look_at_state, look_at_log, look_at_build,
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

static struct patient new_patient(bool verbose)
{
	struct patient p = { .verbose = verbose, .release = running_release() };
	char *below = xasprintf("/lib/modules/%s", p.release);

	p.modules = path_of(below);
	free(below);
	return p;
}

static int conclude(struct patient *p, const char *whose)
{
	int status = finding_say_all(p);

	if (!status)
		printf("nothing is wrong with %s on %s\n", whose, p->release);
	free(p->modules);
	free(p->release);
	return status;
}

int doctor(bool verbose)
{
	struct patient p = new_patient(verbose);
	int status;

	p.installed = installed_find(p.modules);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		checks[i](&p);
	status = conclude(&p, "taskmods");
	installed_free(p.installed);
	return status;
}

int doctor_module(const char *name)
{
	struct patient p = new_patient(true);

	for (size_t i = 0; i < ARRAY_SIZE(looks); i++)
		looks[i](&p, name);
	return conclude(&p, name);
}
