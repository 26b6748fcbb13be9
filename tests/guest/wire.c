// SPDX-License-Identifier: GPL-2.0
/* Buffers that grow, and the frames that wait in one for the port. */
#include <endian.h>
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
	uint32_t numbers[] = { htole32(len), htole32(job) };

	append(&to_host, numbers, sizeof(numbers));
	append(&to_host, &type, sizeof(type));
	append(&to_host, data, len);
}

void send_number(uint32_t job, uint8_t type, uint32_t number)
{
	number = htole32(number);
	send_frame(job, type, &number, sizeof(number));
}

uint16_t number16(const void *data)
{
	uint16_t number;

	memcpy(&number, data, sizeof(number));
	return le16toh(number);
}

uint32_t number32(const void *data)
{
	uint32_t number;

	memcpy(&number, data, sizeof(number));
	return le32toh(number);
}

uint64_t number64(const void *data)
{
	uint64_t number;

	memcpy(&number, data, sizeof(number));
	return le64toh(number);
}
