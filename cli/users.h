/* SPDX-License-Identifier: GPL-2.0 */
/* Users' names, as the system's own databases have them. */
#ifndef USERS_H
#define USERS_H

#include <stdbool.h>

/* Escaped as in text.h; the number where there is no name. Each is looked up once. */
const char *user_name(const char *uid);

/* The number of a user who is named, or given by number; false where there is none. */
bool user_number(const char *user, unsigned long *uid);

#endif
