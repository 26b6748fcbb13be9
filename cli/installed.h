/* SPDX-License-Identifier: GPL-2.0 */
/* The files that the modules are installed as, for the running kernel. */
#ifndef INSTALLED_H
#define INSTALLED_H

#include <stdbool.h>
#include <stddef.h>

#define MAX_COPIES 16

struct installed {
	const char *name;
	char *used;			/* the one that modprobe loads, as modules.dep says */
	char *copies[MAX_COPIES];	/* all, below the kernel's directory */
	size_t n;
	char *content;			/* of the one used, or else of the first; not NUL-ended */
	size_t len;
	int error;			/* why it cannot be read, though it may be there; or 0 */
};

static inline bool is_installed(const struct installed *m)
{
	return m->content || m->error;
}

/* The three modules, in a kernel's directory of modules; freed by installed_free(). */
struct installed *installed_find(const char *top);
void installed_free(struct installed *installed);

#endif
