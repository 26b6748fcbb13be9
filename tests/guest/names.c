// SPDX-License-Identifier: GPL-2.0
/*
 * names DIRECTORY... [-r DIRECTORY...]: lists what is in them, but for numbers, as of processes.
 *
 * After -r it lists the files in them and in all directories below. What is not there has nothing
 * in it. The kernel is asked for names alone: find would have it look at each.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static void list(const char *directory, int is_deep)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (!is_deep && strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (is_deep && entry->d_type == DT_DIR)
			list(path, is_deep);
		else if (!is_deep || entry->d_type == DT_REG)
			puts(path);
	}
	if (dir)
		closedir(dir);
}

int main(int argc, char **argv)
{
	int is_deep = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-r"))
			is_deep = 1;
		else
			list(argv[i], is_deep);
	}
	return 0;
}
