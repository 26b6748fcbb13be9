/* SPDX-License-Identifier: GPL-2.0 */
/* Control groups (version 2) by id, which is the inode number of the group's directory. */
#ifndef CGROUP_H
#define CGROUP_H

#include <stddef.h>

struct cgroup {
	unsigned long long id;
	char *path;	/* below the hierarchy's root, escaped as in text.h; the caller frees it */
};

/*
 * Find the paths; NULL for a group that is gone, or not to be seen from here. Looks into no more
 * directories than it must, and never into more than a bounded number.
 */
void cgroup_find(struct cgroup *groups, size_t n);

#endif
