/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_H
#define WIRE_H

/*
 * What goes over the port. A frame is a header (payload length, job number, type) and a payload;
 * numbers are little-endian, whatever the guest's own are. The host names jobs.
 *
 *   from the host			to the host
 *   h the time (s, ns): greet again	H size of the shared memory, 0 without it: the agent is there
 *   R flags, argv (each NUL-ended)	S pid: started
 *   I bytes for stdin			O bytes of stdout
 *   i length: they are in memory	o length: they are in memory
 *   E end of stdin			e bytes of stderr
 *   K signal				X wait status: ended, and nothing follows
 *   W rows, columns
 *   A what was in memory is read	A what was in memory, or before P, is read
 *   P answer A
 */
#include <stddef.h>
#include <stdint.h>

/* As our own numbers; what goes over the port is HEADER_SIZE long. */
struct header {
	uint32_t len;
	uint32_t job;
	uint8_t type;
};

#define HEADER_SIZE 9

struct buffer {
	char *data;
	size_t len;
	size_t size;
};

/* What waits to be written to the port. */
extern struct buffer to_host;

_Noreturn void die(const char *what);
void append(struct buffer *b, const void *data, size_t len);
void consume(struct buffer *b, size_t len);
void send_frame(uint32_t job, uint8_t type, const void *data, uint32_t len);

/* A frame whose payload is a number. */
void send_number(uint32_t job, uint8_t type, uint32_t number);

/* The number that a payload, or a header's field, begins with. */
uint16_t number16(const void *data);
uint32_t number32(const void *data);
uint64_t number64(const void *data);

#endif
