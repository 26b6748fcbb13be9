// SPDX-License-Identifier: GPL-2.0
/* Whether the modules are signed, and whether the kernel demands that. */
#include <stdlib.h>
#include <string.h>

#include "finding.h"
#include "installed.h"
#include "modinfo.h"
#include "modules.h"
#include "paths.h"

/* The variable's name ends with its vendor's: the firmware's own. */
#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
/* Before the value stand four bytes of attributes. */
#define SECURE_BOOT_LEN 5

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
			finding_add(p, UNSIGNED, "signature: %s has none, and %s "
				    "(Secure Boot: %s): sign it with a key that the kernel trusts",
				    m->name, why, secure_boot());
		else
			finding_ok(p, "signature: %s has none", m->name);
		return;
	}
	signer = modinfo_signer(m->content, m->len);
	finding_ok(p, "signature: %s is signed by \"%s\"", m->name, signer ? signer : "?");
	free(signer);
}

void check_signatures(struct patient *p)
{
	const char *why = demand();

	finding_ok(p, "Secure Boot: %s; signatures are %s%s", secure_boot(),
		   why ? "required: " : "not required", why ? why : "");
	for (int i = 0; i < N_MODULES; i++)
		check_signature(p, &p->installed[i], why);
}
