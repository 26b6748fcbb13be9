// SPDX-License-Identifier: GPL-2.0
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "error.h"
#include "finding.h"
#include "installed.h"
#include "modinfo.h"
#include "modules.h"
#include "paths.h"

/* The variable's name ends with its vendor's: the firmware's own. */
#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
/* Before the value stand four bytes of attributes. */
#define SECURE_BOOT_LEN 5

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
static void check_headers(struct patient *p)
{
	char *build = xasprintf("%s/build", p->modules);
	char *release = headers_release(build);

	if (!release && are_installed(p))
		fine(p, "headers: none in %s; the modules are installed without", build);
	else if (!release)
		find(p, NO_HEADERS, "headers: none in %s: install linux-headers-%s", build,
		     p->release);
	else if (strcmp(release, p->release))
		find(p, OTHER_HEADERS, "headers: %s is of %s, not of the running %s: install "
		     "linux-headers-%s", build, release, p->release, p->release);
	else
		fine(p, "headers: %s", build);
	free(release);
	free(build);
}

static void check_copies(struct patient *p, const struct installed *m)
{
	const char *used = m->used ? m->used : m->n ? m->copies[0] : "";

	if (m->error && m->n)
		unseen("installed: cannot read %s/%s: %s", p->modules, used, strerror(m->error));
	if (!is_installed(m)) {
		find(p, NOT_INSTALLED, "installed: no %s in %s: make install, or install "
		     "taskmods-dkms", m->name, p->modules);
		return;
	}
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->copies[i], used))
			find(p, OTHER_COPIES, "copies: %s/%s besides %s: remove the older one, "
			     "then run depmod", p->modules, m->copies[i], used);
	if (m->n && !m->used)
		find(p, NO_DEPMOD, "installed: modules.dep does not know %s: run depmod", used);
	else if (m->content)
		fine(p, "installed: %s/%s", p->modules, m->used);
}

static void check_installed(struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++)
		check_copies(p, &p->installed[i]);
}

/* The first word of vermagic is the release. */
static void check_vermagic(struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++) {
		const struct installed *m = &p->installed[i];
		const char *magic = modinfo_value(m->content, m->len, "vermagic");
		size_t len = magic ? strcspn(magic, " ") : 0;

		if (m->content && !modinfo_is_readable(m->content, m->len))
			unseen("installed: cannot read what is in %s, which may be compressed: its "
			       "version and signature were not looked at", m->name);
		if (magic && (len != strlen(p->release) || strncmp(magic, p->release, len)))
			find(p, OTHER_KERNEL, "installed: %s is built for %.*s, not for %s: build "
			     "it anew", m->name, (int)len, magic, p->release);
	}
}

static const char *secure_boot(void)
{
	char *path = path_of(SECURE_BOOT);
	size_t len;
	char *value = slurp(path, &len);
	const char *state = "not known to this firmware";

	if (value && len == SECURE_BOOT_LEN)
		state = value[SECURE_BOOT_LEN - 1] ? "on" : "off";
	free(value);
	free(path);
	return state;
}

/* What makes the kernel refuse modules without a signature; NULL for nothing. */
static const char *demand(void)
{
	char *lockdown = first_line("/sys/kernel/security/lockdown");
	char *enforce = first_line("/sys/module/module/parameters/sig_enforce");
	const char *why = NULL;

	if (lockdown && !strstr(lockdown, "[none]"))
		why = "the kernel is locked down";
	else if (enforce && enforce[0] == 'Y')
		why = "module.sig_enforce is on";
	free(lockdown);
	free(enforce);
	return why;
}

static void check_signature(struct patient *p, const struct installed *m, const char *why)
{
	char *signer;

	if (!modinfo_is_readable(m->content, m->len))
		return;
	if (!modinfo_is_signed(m->content, m->len)) {
		if (why)
			find(p, UNSIGNED, "signature: %s has none, and %s (Secure Boot: %s): sign "
			     "it with a key that the kernel trusts", m->name, why, secure_boot());
		else
			fine(p, "signature: %s has none", m->name);
		return;
	}
	signer = modinfo_signer(m->content, m->len);
	fine(p, "signature: %s is signed by \"%s\"", m->name, signer ? signer : "?");
	free(signer);
}

static void check_signatures(struct patient *p)
{
	const char *why = demand();

	fine(p, "Secure Boot: %s; signatures are %s%s", secure_boot(),
	     why ? "demanded: " : "not demanded", why ? why : "");
	for (int i = 0; i < N_MODULES; i++)
		check_signature(p, &p->installed[i], why);
}

/* What is not installed cannot be loaded, and was found already. */
static void check_loaded(struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++) {
		if (module_is_loaded(modules[i]))
			fine(p, "loaded: %s", modules[i]);
		else if (is_installed(&p->installed[i]))
			find(p, NOT_LOADED, "loaded: %s is not: modprobe %s", modules[i],
			     modules[i]);
	}
}

/* Each is compared with the one before it that is loaded. */
static void check_versions(struct patient *p)
{
	char *versions[N_MODULES];
	int other = -1;

	for (int i = 0; i < N_MODULES; i++) {
		versions[i] = module_loaded_version(modules[i]);
		if (!versions[i])
			continue;
		if (other >= 0 && strcmp(versions[i], versions[other]))
			find(p, VERSIONS_DIFFER, "versions: %s %s is loaded with %s %s: install "
			     "one version, then modprobe -r report_mod walker_mod; modprobe report_mod",
			     modules[other], versions[other], modules[i], versions[i]);
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

static void check_outdated(struct patient *p)
{
	for (int i = 0; i < N_MODULES; i++) {
		const struct installed *m = &p->installed[i];
		const char *version = differs(m, "version");

		if (version)
			find(p, OUTDATED, "versions: %s %s is installed, another is loaded: "
			     "modprobe -r report_mod walker_mod; modprobe report_mod", m->name,
			     version);
		else if (differs(m, "srcversion"))
			find(p, OUTDATED, "versions: %s is loaded from another build than is "
			     "installed: modprobe -r report_mod walker_mod; modprobe report_mod",
			     m->name);
	}
}

static void (*const checks[])(struct patient *p) = {
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
	status = say_findings(&p);
	if (!status)
		printf("nothing is wrong with taskmods on %s\n", p.release);
	installed_free(p.installed);
	free(p.modules);
	free(p.release);
	free(below);
	return status;
}
