/* SPDX-License-Identifier: GPL-2.0 */
/* Where files are, and reading them whole. */
#ifndef PATHS_H
#define PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Another root than /, and another mount of /proc than the root's; as --sysroot, --proc say. */
void paths_set(const char *sysroot, const char *proc);

bool paths_have_root(void);

/* The caller frees these. */
char *path_of(const char *path);
char *proc_path(const char *name);

/*
 * The whole of a file, NUL-ended, by large reads; NULL with errno set where it cannot be read. Its
 * length goes to @len unless that is NULL. The caller frees it.
 */
char *slurp(const char *path, size_t *len);

/* The first line of a file below the root, without its end; NULL where there is none. */
char *first_line(const char *path);

#endif
