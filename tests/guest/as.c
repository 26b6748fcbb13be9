// SPDX-License-Identifier: GPL-2.0
/*
 * as [+CAP|-CAP] UID GID[,GROUP...] COMMAND...: runs a command as another user.
 *
 * An ordinary user has no capabilities, but one with "+CAP"; root has all, but one with "-CAP". CAP
 * is a capability's number.
 */
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int become(const char *uid, char *groups)
{
	gid_t list[16];
	size_t n = 0;

	for (char *p = groups; n < 16; p++) {
		list[n++] = strtoul(p, &p, 10);
		if (*p != ',')
			break;
	}
	return setgroups(n, list) || setgid(list[0]) || setuid(atoi(uid));
}

/* Only an ambient capability outlives an ordinary user's exec. */
static int keep(int cap)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	data[CAP_TO_INDEX(cap)].effective = CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].permitted = CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].inheritable = CAP_TO_MASK(cap);
	return syscall(SYS_capset, &header, data) ||
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
}

int main(int argc, char **argv)
{
	char sign = argc > 1 ? argv[1][0] : 0;
	int cap = 0;

	if (sign == '+' || sign == '-') {
		cap = atoi(argv[1] + 1);
		argc--;
		argv++;
	}
	if (argc < 4) {
		fprintf(stderr, "usage: as [+CAP|-CAP] UID GID[,GROUP...] COMMAND...\n");
		return 2;
	}
	if (sign == '-' && prctl(PR_CAPBSET_DROP, cap))
		return fail("as: PR_CAPBSET_DROP");
	if (sign == '+' && prctl(PR_SET_KEEPCAPS, 1))
		return fail("as: PR_SET_KEEPCAPS");
	if (become(argv[1], argv[2]))
		return fail("as");
	if (sign == '+' && keep(cap))
		return fail("as: cannot keep a capability");
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}
