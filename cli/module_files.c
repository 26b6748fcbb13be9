// SPDX-License-Identifier: GPL-2.0
/* For which kernels a module is installed, by whom, by whom it is signed, and what needs it. */
#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "finding.h"
#include "modinfo.h"
#include "modules.h"
#include "paths.h"

/* Whether the file of a path, as modules.dep has it, is the module's. */
static bool is_of(const char *path, size_t len, const char *name)
{
	const char *slash = memrchr(path, '/', len);
	const char *end = module_after_name(slash ? slash + 1 : path, name);

	return end && !strncmp(end, ".ko", 3);
}

/* The name as a pattern of glob(7), in which - is as good as _. */
static char *name_pattern(const char *name)
{
	char *pattern = xcalloc(4 * strlen(name) + 1, 1), *to = pattern;

	for (; *name; name++)
		if (*name == '-' || *name == '_')
			to = stpcpy(to, "[_-]");
		else
			*to++ = *name;
	return pattern;
}

/* The version's directory in dkms' tree that a file was built in; NULL where there is none. */
static char *dkms_of(const char *release, const char *name)
{
	char *file = name_pattern(name);
	char *below = xasprintf("/var/lib/dkms/*/*/%s/*/module/%s.ko*", release, file);
	char *pattern = path_of(below), *whose = NULL;
	size_t skip = strlen(pattern) - strlen(below) + strlen("/var/lib/dkms/");
	glob_t found;

	if (!glob(pattern, 0, NULL, &found)) {
		char *path = found.gl_pathv[0] + skip;
		char *slash = strchr(path, '/');

		slash = slash ? strchr(slash + 1, '/') : NULL;
		whose = xasprintf("%.*s", (int)(slash ? slash - path : 0), path);
		globfree(&found);
	}
	free(pattern);
	free(below);
	free(file);
	return whose;
}

/* The first line that a program prints; NULL where it cannot be run, or prints none. */
static char *line_of(char *const argv[])
{
	posix_spawn_file_actions_t files;
	char *line = NULL;
	size_t size = 0;
	int ends[2];
	FILE *out;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return NULL;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &files, NULL, argv, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&files);
	close(ends[1]);
	out = fdopen(ends[0], "r");
	if (!out || getline(&line, &size, out) < 0) {
		free(line);
		line = NULL;
	}
	if (out)
		fclose(out);
	else
		close(ends[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return line;
}

/* The Debian package that a file came with; NULL where there is none, or no dpkg. */
static char *package_of(const char *path)
{
	char *root = path_of("/"), *below = xasprintf("--root=%s", root);
	/* A package may have it by /lib or by /usr/lib, which are one directory. */
	char *pattern = xasprintf("*%s", path);
	char *line = line_of((char *[]){ "dpkg-query", below, "--search", pattern, NULL });
	char *package = line ? xasprintf("%.*s", (int)strcspn(line, ":,"), line) : NULL;

	free(line);
	free(pattern);
	free(below);
	free(root);
	return package;
}

static void tell_file(struct patient *p, const char *release, const char *path, const char *name)
{
	char *dkms = dkms_of(release, name);
	char *package = dkms ? NULL : package_of(path);

	if (dkms)
		finding_ok(p, "installed: %s, by dkms (%s)", path, dkms);
	else if (package)
		finding_ok(p, "installed: %s, by package %s", path, package);
	else
		finding_ok(p, "installed: %s, by nobody that dkms or dpkg know", path);
	free(package);
	free(dkms);
}

/* Of the file that the running kernel would load. */
static void tell_content(struct patient *p, const char *path, const char *name)
{
	char *full = path_of(path), *signer;
	size_t len = 0;
	char *file = slurp(full, &len);
	const char *magic = modinfo_value(file, len, "vermagic");
	size_t release = magic ? strcspn(magic, " ") : 0;

	if (!modinfo_is_readable(file, len)) {
		finding_unseen("installed: cannot read what is in %s, which may be compressed",
			       path);
	} else if (!modinfo_is_signed(file, len)) {
		finding_ok(p, "signature: %s has none", name);
	} else {
		signer = modinfo_signer(file, len);
		finding_ok(p, "signature: %s is signed by \"%s\"", name, signer ? signer : "?");
		free(signer);
	}
	if (magic && (release != strlen(p->release) || strncmp(magic, p->release, release)))
		finding_add(p, OTHER_KERNEL, "installed: %s is built for %.*s, not for %s: build "
			    "it again", name, (int)release, magic, p->release);
	free(file);
	free(full);
}

/* A line of modules.dep is a path, a colon, and what that needs. */
static bool read_line(struct patient *p, const char *release, const char *line, const char *name)
{
	bool running = !strcmp(release, p->release);
	size_t len = strcspn(line, ":");
	char *path;

	if (!line[len])
		return false;
	if (is_of(line, len, name)) {
		path = xasprintf("/lib/modules/%s/%.*s", release, (int)len, line);
		tell_file(p, release, path, name);
		if (running)
			tell_content(p, path, name);
		if (running && line[len + 1])
			finding_ok(p, "needs: %s", line + len + 2);
		free(path);
		return true;
	}
	for (const char *at = line + len; running && *at; at++)
		if (*at == ' ' && is_of(at + 1, strcspn(at + 1, " "), name))
			finding_ok(p, "needed by: %.*s", (int)len, line);
	return false;
}

static bool is_builtin(const char *release, const char *name)
{
	char *below = xasprintf("/lib/modules/%s/modules.builtin", release), *full = path_of(below);
	char *text = slurp(full, NULL), *rest = text, *line;
	bool found = false;

	while ((line = strsep(&rest, "\n")))
		found = found || is_of(line, strlen(line), name);
	free(text);
	free(full);
	free(below);
	return found;
}

static bool read_kernel(struct patient *p, const char *release, const char *name)
{
	char *below = xasprintf("/lib/modules/%s/modules.dep", release), *full = path_of(below);
	char *text = slurp(full, NULL), *rest = text, *line;
	bool found = is_builtin(release, name);

	if (found)
		finding_ok(p, "installed: built into %s", release);
	while ((line = strsep(&rest, "\n")))
		found = read_line(p, release, line, name) || found;
	free(text);
	free(full);
	free(below);
	return found;
}

void look_at_files(struct patient *p, const char *name)
{
	char *pattern = path_of("/lib/modules/*");
	bool found = false;
	glob_t kernels;

	if (!glob(pattern, 0, NULL, &kernels)) {
		for (size_t i = 0; i < kernels.gl_pathc; i++) {
			const char *release = strrchr(kernels.gl_pathv[i], '/') + 1;
			bool here = read_kernel(p, release, name);

			found = found || (here && !strcmp(release, p->release));
		}
		globfree(&kernels);
	}
	if (!found)
		finding_add(p, NOT_INSTALLED, "installed: modules.dep of %s has no %s: install or "
			    "build it for this kernel, then run depmod", p->release, name);
	free(pattern);
}
