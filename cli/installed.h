/* SPDX-License-Identifier: GPL-2.0 */
/* The files that the modules are installed as, for the running kernel. */
#ifndef INSTALLED_H
#define INSTALLED_H

#include <stddef.h>

#define MAX_COPIES 16

struct installed {
	const char *name;
	char *used;			/* the one that modprobe loads, as modules.dep says */
	char *copies[MAX_COPIES];	/* all, below the kernel's directory */
	size_t n;
	char *content;			/* of the one used, or else of the first; not NUL-ended */
	size_t len;
};

/* The three modules, in a kernel's directory of modules; freed by installed_free(). */
struct installed *installed_find(const char *top);
void installed_free(struct installed *installed);

#endif
