// SPDX-License-Identifier: GPL-2.0
/* What modprobe's configuration and the kernel's command line say of the modules. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "error.h"
#include "finding.h"
#include "modules.h"
#include "paths.h"

#define OUR_FILE "taskmods.conf"
#define MAX_FILES 512

/* A file in an earlier one hides those of its name in later ones. */
static const char *const directories[] = {
	"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
	"/lib/modprobe.d",
};

struct config {
	struct patient *patient;
	char *files[MAX_FILES];		/* below the root */
	size_t n;
	bool has_softdep;
	bool is_partial;		/* something could not be read */
	const char *name;		/* the module that is asked for; NULL: ours */
};

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static const char *hidden_by(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(name_of(c->files[i]), name))
			return c->files[i];
	return NULL;
}

static bool is_same(const char *a, const char *b)
{
	char *first = path_of(a), *second = path_of(b);
	char *left = slurp(first, NULL), *right = slurp(second, NULL);
	bool same = left && right && !strcmp(left, right);

	free(first);
	free(second);
	free(left);
	free(right);
	return same;
}

static void take_file(struct config *c, const char *directory, const char *name)
{
	const char *other = hidden_by(c, name);
	char *path = xasprintf("%s/%s", directory, name);

	/* Where /lib is a link to /usr/lib, it is the same file. */
	if (other && !strcmp(name, OUR_FILE) && !is_same(other, path))
		finding_add(c->patient, SHADOWED, "modprobe.d: %s hides %s, which is not the same: "
			    "remove the older one", other, path);
	if (other || c->n == MAX_FILES)
		free(path);
	else
		c->files[c->n++] = path;
}

static void skip(struct config *c, const char *path)
{
	finding_unseen("modprobe.d: cannot read %s: %s", path, strerror(errno));
	c->is_partial = true;
}

static void list_files(struct config *c, const char *directory)
{
	char *full = path_of(directory);
	DIR *dir = opendir(full);
	struct dirent *entry;

	if (!dir && errno != ENOENT)
		skip(c, directory);
	free(full);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);

		if (entry->d_name[0] != '.' && len > 5 &&
		    !strcmp(entry->d_name + len - 5, ".conf"))
			take_file(c, directory, entry->d_name);
	}
	closedir(dir);
}

static bool is_named(const char *word, const char *name)
{
	const char *rest = module_after_name(word, name);

	return rest && !*rest;
}

/* Which of ours a word names; NULL for none. */
static const char *our_module(const char *word)
{
	for (int i = 0; i < N_MODULES; i++) {
		const char *rest = module_after_name(word, modules[i]);

		if (rest && !*rest)
			return modules[i];
	}
	return NULL;
}

static void on_blacklist(struct config *c, const char *file, const char *module)
{
	finding_add(c->patient, BLOCKED, "modprobe.d: %s blacklists %s, so that it is not loaded "
		    "at boot: remove that line", file, module);
}

static void on_install(struct config *c, const char *file, const char *module)
{
	finding_add(c->patient, BLOCKED, "modprobe.d: %s makes modprobe run another command "
		    "instead of loading %s: remove its \"install\" line", file, module);
}

static void on_remove(struct config *c, const char *file, const char *module)
{
	finding_add(c->patient, BLOCKED, "modprobe.d: %s makes modprobe run another command "
		    "instead of unloading %s: remove its \"remove\" line", file, module);
}

static void on_options(struct config *c, const char *file, const char *module)
{
	if (strcmp(name_of(file), OUR_FILE))
		finding_add(c->patient, SHADOWED, "modprobe.d: %s has options for %s besides those "
			    "of " OUR_FILE ": keep them in one file", file, module);
}

static void on_softdep(struct config *c, const char *file, const char *module)
{
	if (!strcmp(name_of(file), OUR_FILE)) {
		c->has_softdep = true;
		return;
	}
	finding_add(c->patient, SHADOWED, "modprobe.d: %s has a softdep for %s besides that of "
		    OUR_FILE ": remove that line", file, module);
}

/* Of a module that is not ours each line is told, and those that block it are findings. */
static void tell_line(struct config *c, const char *file, const char *directive, const char *rest)
{
	bool blocks = !strcmp(directive, "blacklist") || !strcmp(directive, "install");

	if (blocks)
		finding_add(c->patient, BLOCKED, "modprobe.d: %s has \"%s %s%s%s\": remove that "
			    "line to have it loaded", file, directive, c->name, rest ? " " : "",
			    rest ? rest : "");
	else
		finding_ok(c->patient, "modprobe.d: %s has \"%s %s%s%s\"", file, directive,
			   c->name, rest ? " " : "", rest ? rest : "");
}

static const struct {
	const char *name;
	void (*found)(struct config *c, const char *file, const char *module);
} directives[] = {
	{ "blacklist", on_blacklist },
	{ "install", on_install },
	{ "remove", on_remove },
	{ "options", on_options },
	{ "softdep", on_softdep },
};

static void read_line(struct config *c, const char *file, char *line)
{
	char *rest, *directive = strtok_r(line, " \t", &rest);
	const char *word = strtok_r(NULL, " \t", &rest);
	const char *module = word ? our_module(word) : NULL;

	if (c->name && word && is_named(word, c->name))
		tell_line(c, file, directive, strtok_r(NULL, "", &rest));
	if (c->name || !directive || !module)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++)
		if (!strcmp(directive, directives[i].name))
			directives[i].found(c, file, module);
}

/* A line that ends with a backslash goes on in the next. */
static void join_lines(char *text)
{
	for (char *p = text; (p = strstr(p, "\\\n"));)
		memset(p, ' ', 2);
}

static void read_config(struct config *c, const char *file)
{
	char *path = path_of(file);
	char *text = slurp(path, NULL), *rest = text, *line;

	if (!text)
		skip(c, file);
	else
		join_lines(text);
	while ((line = strsep(&rest, "\n")))
		read_line(c, file, line);
	free(text);
	free(path);
}

static void check_list(struct config *c, const char *word, const char *list)
{
	char *names = xstrdup(list), *rest = names, *name;

	while ((name = strsep(&rest, ","))) {
		const char *module = c->name ? is_named(name, c->name) ? c->name : NULL :
					       our_module(name);

		if (module)
			finding_add(c->patient, BLOCKED, "the kernel's command line: %.*s has %s: "
				    "remove it there and reboot", (int)strcspn(word, "="), word,
				    module);
	}
	free(names);
}

static void check_command_line(struct config *c)
{
	static const char *const keys[] = { "module_blacklist=", "modprobe.blacklist=" };
	char *path = proc_path("cmdline");
	char *text = slurp(path, NULL), *rest = text, *word;

	while ((word = strsep(&rest, " \n")))
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (!strncmp(word, keys[i], strlen(keys[i])))
				check_list(c, word, word + strlen(keys[i]));
	free(text);
	free(path);
}

static void read_all(struct config *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		list_files(c, directories[i]);
	check_command_line(c);
	for (size_t i = 0; i < c->n; i++)
		read_config(c, c->files[i]);
}

static void forget_files(struct config *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->files[i]);
}

void look_at_config(struct patient *p, const char *name)
{
	struct config c = { .patient = p, .name = name };

	read_all(&c);
	forget_files(&c);
}

void check_modprobe_d(struct patient *p)
{
	struct config c = { .patient = p };

	read_all(&c);
	if (!c.has_softdep && !c.is_partial)
		finding_add(p, NO_ORDER,
			    "modprobe.d: the softdep line is missing: modprobe report_mod "
			    "will not load walker_mod: install the modules again, or put "
			    "\"softdep report_mod pre: walker_mod\" into "
			    "/etc/modprobe.d/" OUR_FILE);
	for (size_t i = 0; i < c.n; i++)
		free(c.files[i]);
	finding_ok(p, "modprobe.d: %zu files read", c.n);
}
