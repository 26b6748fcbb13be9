// SPDX-License-Identifier: GPL-2.0
#include "installed.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "error.h"
#include "finding.h"
#include "modules.h"
#include "paths.h"

#define MAX_DEPTH 4

/* Where modules that are not the kernel's own are put. */
static const char *const places[] = { "extra", "updates", "misc" };

static bool is_file_of(const char *file, const char *name)
{
	static const char *const ends[] = { ".ko", ".ko.xz", ".ko.zst", ".ko.gz" };
	const char *end = module_after_name(file, name);

	for (size_t i = 0; end && i < ARRAY_SIZE(ends); i++)
		if (!strcmp(end, ends[i]))
			return true;
	return false;
}

static void add_copy(struct installed *m, const char *path)
{
	for (size_t i = 0; i < m->n; i++)
		if (!strcmp(m->copies[i], path))
			return;
	if (m->n < MAX_COPIES)
		m->copies[m->n++] = xstrdup(path);
}

static void add_file(struct installed *all, const char *name, const char *path)
{
	for (int i = 0; i < N_MODULES; i++)
		if (is_file_of(name, all[i].name))
			add_copy(&all[i], path);
}

/* A directory that is there and may not be read can have any of them. */
static void skip(struct installed *all, const char *top, const char *path)
{
	int error = errno;

	if (error == ENOENT || error == ENOTDIR)
		return;
	finding_unseen("installed: cannot look into %s/%s: %s", top, path, strerror(error));
	for (int i = 0; i < N_MODULES; i++)
		all[i].error = error;
}

static void look_into(struct installed *all, const char *top, const char *path, int depth)
{
	char *full = xasprintf("%s/%s", top, path);
	DIR *dir = opendir(full);
	struct dirent *entry;

	if (!dir)
		skip(all, top, path);
	free(full);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		char *below;

		if (entry->d_name[0] == '.')
			continue;
		below = xasprintf("%s/%s", path, entry->d_name);
		/* Of some file systems' entries only opendir() knows what they are. */
		if ((entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
		    depth < MAX_DEPTH)
			look_into(all, top, below, depth + 1);
		if (entry->d_type != DT_DIR)
			add_file(all, entry->d_name, below);
		free(below);
	}
	closedir(dir);
}

static void take_dependency(struct installed *all, const char *path)
{
	const char *slash = strrchr(path, '/');

	for (int i = 0; i < N_MODULES; i++)
		if (!all[i].used && is_file_of(slash ? slash + 1 : path, all[i].name))
			all[i].used = xstrdup(path);
}

/* Each line of modules.dep begins with a module's path and a colon. */
static void read_dependencies(struct installed *all, const char *top)
{
	char *path = xasprintf("%s/modules.dep", top);
	char *text = slurp(path, NULL), *rest = text, *line;

	free(path);
	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, ":")] = '\0';
		take_dependency(all, line);
	}
	free(text);
}

/* A file that modules.dep still has may have been removed. */
static void check_used(struct installed *m, const char *top)
{
	char *path = m->used ? xasprintf("%s/%s", top, m->used) : NULL;

	if (path && access(path, F_OK) && errno == ENOENT) {
		free(m->used);
		m->used = NULL;
	} else if (path) {
		add_copy(m, m->used);
	}
	free(path);
}

static void read_content(struct installed *m, const char *top)
{
	const char *file = m->used ? m->used : m->n ? m->copies[0] : NULL;
	char *path;

	if (!file)
		return;
	path = xasprintf("%s/%s", top, file);
	m->content = slurp(path, &m->len);
	m->error = m->content ? 0 : errno;
	free(path);
}

struct installed *installed_find(const char *top)
{
	struct installed *all = xcalloc(N_MODULES, sizeof(*all));

	for (int i = 0; i < N_MODULES; i++)
		all[i].name = modules[i];
	read_dependencies(all, top);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		look_into(all, top, places[i], 1);
	for (int i = 0; i < N_MODULES; i++) {
		check_used(&all[i], top);
		read_content(&all[i], top);
	}
	return all;
}

void installed_free(struct installed *all)
{
	for (int i = 0; i < N_MODULES; i++) {
		free(all[i].used);
		free(all[i].content);
		for (size_t j = 0; j < all[i].n; j++)
			free(all[i].copies[j]);
	}
	free(all);
}

static void check_copies(struct patient *p, const struct installed *m)
{
	const char *used = m->used ? m->used : m->n ? m->copies[0] : "";

	if (m->error && m->n)
		finding_unseen("installed: cannot read %s/%s: %s", p->modules, used,
			       strerror(m->error));
	if (!is_installed(m)) {
		finding_add(p, NOT_INSTALLED, "installed: no %s in %s: make install, or install "
			    "taskmods-dkms", m->name, p->modules);
		return;
	}
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->copies[i], used))
			finding_add(p, OTHER_COPIES, "copies: %s/%s besides %s: remove the older "
				    "one, then run depmod", p->modules, m->copies[i], used);
	if (m->n && !m->used)
		finding_add(p, NO_DEPMOD, "installed: modules.dep does not know %s: run depmod",
			    used);
	else if (m->content)
		finding_ok(p, "installed: %s/%s", p->modules, m->used);
}

void check_installed(struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++)
		check_copies(p, &p->installed[i]);
}
