/* SPDX-License-Identifier: GPL-2.0 */
/* The running kernel's log. */
#ifndef KMSG_H
#define KMSG_H

#include <stdbool.h>

/* One line of it. */
struct kmsg_line {
	int level;		/* 0 to 7, the worst first */
	double seconds;		/* since the boot */
	const char *text;
};

/* All of it, NUL-ended; NULL with errno set where it cannot be read. The caller frees it. */
char *kmsg_read(void);

/* What a line of it says; false for what belongs to the line before. */
bool kmsg_parse(const char *line, struct kmsg_line *parsed);

/* What to do where it cannot be read: ": ask as root ..." or nothing. */
const char *kmsg_advice(int error);

#endif
