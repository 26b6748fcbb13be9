/* SPDX-License-Identifier: GPL-2.0 */
/* The three modules: as loaded, and as a file has them. */
#ifndef MODULES_H
#define MODULES_H

#include <stdbool.h>
#include <stddef.h>

#define N_MODULES 3

extern const char *const modules[N_MODULES];

/* What has all of them loaded anew. */
#define RELOAD_MODULES "modprobe -r report_mod walker_mod; modprobe report_mod"

/* What follows the name of a module where @text begins with it, - as good as _; else NULL. */
const char *module_after_name(const char *text, const char *name);

/* NULL where it is not loaded, or has none. The caller frees it. */
char *module_loaded_version(const char *name);

bool module_is_loaded(const char *name);

#endif
