// SPDX-License-Identifier: GPL-2.0
#include "cgroup.h"

#include <dirent.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "error.h"
#include "paths.h"
#include "text.h"

#define MAX_DIRECTORIES 20000

/* Directories to look into, nearest to the root first. */
struct queue {
	char **paths;
	size_t head;
	size_t tail;
	size_t room;
};

struct search {
	char *top;
	struct cgroup **groups;	/* by inode */
	size_t n;
	size_t missing;
	struct queue queue;
};

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC;
}

/* Beside version 1's hierarchies it is mounted one level below. NULL where it is not mounted. */
static char *find_top(void)
{
	char *top = path_of("/sys/fs/cgroup");
	char *beside = path_of("/sys/fs/cgroup/unified");
	bool is_copy = paths_have_root();
	char *found = NULL;

	/* A copy below another root has the names, not the file system. */
	if (is_cgroup2(top) || (is_copy && access(beside, F_OK)))
		found = top;
	else if (is_cgroup2(beside) || is_copy)
		found = beside;
	if (found != top)
		free(top);
	if (found != beside)
		free(beside);
	return found;
}

/* A 32-bit kernel has room for the id's lower half alone. */
static unsigned long long inode_of(const struct cgroup *group)
{
	return (unsigned long)group->id;
}

static int by_inode(const void *a, const void *b)
{
	unsigned long long left = inode_of(*(struct cgroup *const *)a);
	unsigned long long right = inode_of(*(struct cgroup *const *)b);

	return (left > right) - (left < right);
}

/* @path is of the group whose directory is @inode: several may have asked for it. */
static void found(struct search *s, unsigned long long inode, const char *path)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (inode_of(s->groups[middle]) < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->n && inode_of(s->groups[low]) == inode && !s->groups[low]->path; low++) {
		s->groups[low]->path = text_escape(*path ? path : "/");
		s->missing--;
	}
}

static void push(struct queue *q, char *path)
{
	if (q->tail == MAX_DIRECTORIES) {
		free(path);
		return;
	}
	if (q->tail == q->room) {
		q->room = q->room ? 2 * q->room : 64;
		q->paths = xrealloc(q->paths, q->room, sizeof(*q->paths));
	}
	q->paths[q->tail++] = path;
}

static void look_into(struct search *s, const char *path)
{
	char *full = xasprintf("%s%s", s->top, path);
	DIR *dir = opendir(full);
	struct dirent *entry;

	free(full);
	if (!dir)	/* removed meanwhile */
		return;
	while (s->missing && (entry = readdir(dir))) {
		char *below;

		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		below = xasprintf("%s/%s", path, entry->d_name);
		found(s, entry->d_ino, below);
		push(&s->queue, below);
	}
	closedir(dir);
}

static void walk(struct search *s)
{
	struct stat top;

	if (stat(s->top, &top))
		return;
	found(s, top.st_ino, "");
	push(&s->queue, xstrdup(""));
	while (s->missing && s->queue.head < s->queue.tail)
		look_into(s, s->queue.paths[s->queue.head++]);
	for (size_t i = 0; i < s->queue.tail; i++)
		free(s->queue.paths[i]);
	free(s->queue.paths);
}

void cgroup_find(struct cgroup *groups, size_t n)
{
	struct search s = { .groups = xcalloc(n, sizeof(*s.groups)) };

	/* No group has the id 0. */
	for (size_t i = 0; i < n; i++)
		if (groups[i].id)
			s.groups[s.n++] = &groups[i];
	s.missing = s.n;
	qsort(s.groups, s.n, sizeof(*s.groups), by_inode);
	s.top = find_top();
	if (s.top && s.missing)
		walk(&s);
	free(s.top);
	free(s.groups);
}
