/* SPDX-License-Identifier: GPL-2.0 */
/* What the doctor finds. Its numbers are exit statuses, in taskmods(1): they stay as they are. */
#ifndef FINDING_H
#define FINDING_H

#include <stdbool.h>
#include <stddef.h>

enum finding {
	NO_HEADERS = 10,
	OTHER_HEADERS,
	NOT_INSTALLED,
	OTHER_COPIES,
	NO_DEPMOD,
	OTHER_KERNEL,
	UNSIGNED,
	BLOCKED,
	SHADOWED,
	NO_ORDER,
	NOT_LOADED,
	VERSIONS_DIFFER,
	OUTDATED,
	LOGGED,
	BUILD_FAILED,
};

struct patient {
	bool verbose;
	char *release;		/* the running kernel's */
	char *modules;		/* its directory, below the root */
	struct installed *installed;
	struct found *found;	/* by number */
	size_t n_found;
};

/* Keep what is wrong and what to do. */
__attribute__((format(printf, 3, 4))) void finding_add(struct patient *p, enum finding what,
						       const char *format, ...);

/* Say all that was found, the lowest numbers first; returns the first one, or 0. */
int finding_say_all(struct patient *p);

/* Say what is in order, to who wants to know. */
__attribute__((format(printf, 2, 3))) void finding_ok(const struct patient *p,
						      const char *format, ...);

/* Say what could not be looked at. */
__attribute__((format(printf, 1, 2))) void finding_unseen(const char *format, ...);

/* Each looks at one thing, in a file of its name, or in versions.c, modprobe_d.c, module_*.c. */
typedef void check_fn(struct patient *p);

check_fn check_headers, check_installed, check_vermagic, check_signatures, check_modprobe_d,
	 check_loaded, check_versions, check_outdated, check_log, check_build;

/* The same for one module of any name, with what is in order. */
typedef void look_fn(struct patient *p, const char *name);

look_fn look_at_files, look_at_config, look_at_state, look_at_log, look_at_build;

#endif
