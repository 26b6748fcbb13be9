// SPDX-License-Identifier: GPL-2.0
#include "modules.h"

#include <stdlib.h>
#include <unistd.h>

#include "error.h"
#include "paths.h"

const char *const modules[N_MODULES] = { "core_mod", "walker_mod", "report_mod" };

/* Kernel and kmod take - and _ for each other. */
const char *module_after_name(const char *text, const char *name)
{
	for (; *name; text++, name++)
		if (*text != *name && !(*text == '-' && *name == '_'))
			return NULL;
	return text;
}

char *module_loaded_version(const char *name)
{
	char *path = xasprintf("/sys/module/%s/version", name);
	char *version = first_line(path);

	free(path);
	return version;
}

bool module_is_loaded(const char *name)
{
	char *path = xasprintf("/sys/module/%s", name);
	char *full = path_of(path);
	bool loaded = !access(full, F_OK);

	free(full);
	free(path);
	return loaded;
}
