/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/*
 * Memory that the guest and the host share, for what is long: the port takes a byte at a time. The
 * first half is written by the host, the second by us; each half holds one piece, until the other
 * side has said that it is read.
 */
struct memory {
	char *from_host;
	char *to_host;
	size_t half;	/* 0: there is none */
};

extern struct memory memory;

/* Finds the memory, where there is any and the kernel lets us. */
void find_memory(void);

#endif
