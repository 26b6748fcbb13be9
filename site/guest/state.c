// SPDX-License-Identifier: GPL-2.0
/* How modules are, by /proc/modules, and who has files of ours open. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define FILES "/proc/taskmods/"

static char last[8192];

static void add(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s", more);
}

/*
 * Whether a module has more references than modules that use it and a loader. Each user has a comma
 * after it; so has "[permanent]", which is none.
 */
static bool nameless(const char *users, long refs, const char *state)
{
	refs -= !strcmp(state, "Loading");
	refs += strchr(users, '[') != NULL;
	for (; *users; users++)
		refs -= *users == ',';
	return refs > 0;
}

/* Returns whether a module is used by something that has no name. */
static bool read_modules(char *text, size_t size)
{
	FILE *file = fopen("/proc/modules", "re");
	char line[1024], name[64], users[512], state[16], object[900];
	long bytes, refs;
	bool first = true, found = false;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %ld %ld %511s %15s", name, &bytes, &refs, users, state) != 5)
			continue;
		snprintf(object, sizeof(object), "%s{\"name\":\"%s\",\"size\":%ld,\"refs\":%ld,"
			 "\"users\":\"%s\",\"state\":\"%s\"}", first ? "" : ",", name, bytes, refs,
			 users, state);
		add(text, size, object);
		first = false;
		found |= nameless(users, refs, state);
	}
	if (file)
		fclose(file);
	return found;
}

/* A process's open files of ours. */
static void read_files(const char *pid, char *text, size_t size, bool *first)
{
	char path[300], target[128], object[400], comm[20] = "";
	struct dirent *entry;
	DIR *dir;
	FILE *file;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, entry->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		if (strncmp(target, FILES, strlen(FILES)))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", pid);
		file = fopen(path, "re");
		if (!file || fscanf(file, "%15[A-Za-z0-9_.:+-]", comm) != 1)
			strcpy(comm, "?");
		if (file)
			fclose(file);
		snprintf(object, sizeof(object), "%s{\"pid\":%s,\"comm\":\"%s\",\"path\":\"%s\"}",
			 *first ? "" : ",", pid, comm, target);
		add(text, size, object);
		*first = false;
	}
	if (dir)
		closedir(dir);
}

static void read_open_files(char *text, size_t size)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool first = true;

	if (access(FILES, F_OK) == 0)
		while (proc && (entry = readdir(proc)))
			if (isdigit((unsigned char)entry->d_name[0]))
				read_files(entry->d_name, text, size, &first);
	if (proc)
		closedir(proc);
}

/*
 * Tells how modules are, if that is not what was told last; or again. To look through all
 * processes takes long here, and an open file is a reference without a name.
 */
void tell_state(bool again)
{
	static char now[sizeof(last)];
	bool open;

	strcpy(now, "[");
	open = read_modules(now, sizeof(now));
	add(now, sizeof(now), "],\"files\":[");
	if (open)
		read_open_files(now, sizeof(now));
	add(now, sizeof(now), "]");
	if (!again && !strcmp(now, last))
		return;
	strcpy(last, now);
	begin("state");
	raw("modules");
	put(now);
	send_it();
}
