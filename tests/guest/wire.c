// SPDX-License-Identifier: GPL-2.0
/* Buffers that grow, and the frames that wait in one for the port. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

struct buffer to_host;

_Noreturn void die(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

void append(struct buffer *b, const void *data, size_t len)
{
	if (!len)
		return;
	if (!b->data || b->len + len > b->size) {
		b->size = (b->len + len) * 2;
		b->data = realloc(b->data, b->size);
		if (!b->data)
			die("realloc");
	}
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void consume(struct buffer *b, size_t len)
{
	b->len -= len;
	memmove(b->data, b->data + len, b->len);
}

void send_frame(uint32_t job, uint8_t type, const void *data, uint32_t len)
{
	struct header h = { .len = len, .job = job, .type = type };

	append(&to_host, &h, sizeof(h));
	append(&to_host, data, len);
}
