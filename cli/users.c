// SPDX-License-Identifier: GPL-2.0
#include "users.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

static struct known {
	struct known *next;
	unsigned long uid;
	char *name;
} *known;

static char *look_up(unsigned long uid, const char *number)
{
	struct passwd *user = getpwuid(uid);

	return user ? text_escape(user->pw_name) : xstrdup(number);
}

const char *user_name(const char *number)
{
	unsigned long uid = strtoul(number, NULL, 10);
	struct known *user = known;

	while (user && user->uid != uid)
		user = user->next;
	if (!user) {
		user = xcalloc(1, sizeof(*user));
		*user = (struct known){ known, uid, look_up(uid, number) };
		known = user;
	}
	return user->name;
}

bool user_number(const char *name, unsigned long *uid)
{
	struct passwd *user;
	char *end;

	errno = 0;
	*uid = strtoul(name, &end, 10);
	if (*name >= '0' && *name <= '9' && !*end && !errno)
		return *uid <= 0xffffffff;
	user = getpwnam(name);
	if (user)
		*uid = user->pw_uid;
	return user;
}
