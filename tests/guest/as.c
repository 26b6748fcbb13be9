// SPDX-License-Identifier: GPL-2.0
/* as UID GID[,GROUP...] COMMAND...: runs a command as an ordinary user, without capabilities. */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	gid_t groups[16];
	size_t n = 0;
	char *p;

	if (argc < 4) {
		fprintf(stderr, "usage: as UID GID[,GROUP...] COMMAND...\n");
		return 2;
	}
	for (p = argv[2]; n < 16; p++) {
		groups[n++] = strtoul(p, &p, 10);
		if (*p != ',')
			break;
	}
	if (setgroups(n, groups) || setgid(groups[0]) || setuid(atoi(argv[1]))) {
		perror("as");
		return 1;
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}
