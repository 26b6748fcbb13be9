// SPDX-License-Identifier: GPL-2.0
/* Whether the modules are loaded, and are of the running kernel and of one version. */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "finding.h"
#include "installed.h"
#include "modinfo.h"
#include "modules.h"
#include "paths.h"

/* The first word of vermagic is the release. */
void check_vermagic(struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++) {
		const struct installed *m = &p->installed[i];
		const char *magic = modinfo_value(m->content, m->len, "vermagic");
		size_t len = magic ? strcspn(magic, " ") : 0;

		if (m->content && !modinfo_is_readable(m->content, m->len))
			finding_unseen("installed: cannot read what is in %s, which may be "
				       "compressed: its version and signature were not looked at",
				       m->name);
		if (magic && (len != strlen(p->release) || strncmp(magic, p->release, len)))
			finding_add(p, OTHER_KERNEL, "installed: %s is built for %.*s, not for %s: "
				    "build it again", m->name, (int)len, magic, p->release);
	}
}

/* What is not installed cannot be loaded, and was found already. */
void check_loaded(struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++) {
		if (module_is_loaded(modules[i]))
			finding_ok(p, "loaded: %s", modules[i]);
		else if (is_installed(&p->installed[i]))
			finding_add(p, NOT_LOADED, "loaded: %s is not: modprobe %s", modules[i],
				    modules[i]);
	}
}

/* Each is compared with the one before it that is loaded. */
void check_versions(struct patient *p)
{
	char *versions[N_MODULES];
	int other = -1;

	for (int i = 0; i < N_MODULES; i++) {
		versions[i] = module_loaded_version(modules[i]);
		if (!versions[i])
			continue;
		if (other >= 0 && strcmp(versions[i], versions[other]))
			finding_add(p, VERSIONS_DIFFER, "versions: %s %s is loaded with %s %s: "
				    "install one version, then " RELOAD_MODULES, modules[other],
				    versions[other], modules[i], versions[i]);
		other = i;
	}
	for (int i = 0; i < N_MODULES; i++)
		free(versions[i]);
}

static const char *differs(const struct installed *m, const char *key)
{
	char *path = xasprintf("/sys/module/%s/%s", m->name, key);
	char *loaded = first_line(path);
	const char *on_disk = modinfo_value(m->content, m->len, key);
	bool differ = loaded && on_disk && strcmp(loaded, on_disk);

	free(loaded);
	free(path);
	return differ ? on_disk : NULL;
}

void check_outdated(struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++) {
		const struct installed *m = &p->installed[i];
		const char *version = differs(m, "version");

		if (version)
			finding_add(p, OUTDATED, "versions: %s %s is installed, another is loaded: "
				    RELOAD_MODULES, m->name, version);
		else if (differs(m, "srcversion"))
			finding_add(p, OUTDATED, "versions: %s is loaded from another build than "
				    "is installed: " RELOAD_MODULES, m->name);
	}
}
