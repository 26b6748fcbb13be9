/* SPDX-License-Identifier: GPL-2.0 */
#ifndef JOB_H
#define JOB_H

#include <poll.h>
#include <stddef.h>

#include "wire.h"

#define MAX_JOBS 64
#define FDS_A_JOB 3	/* fill_jobs() fills at most so many for each */

/* Tells the host that the agent is there, and how much memory they share. */
void greet(void);
/* Acts on a frame of the host's. */
void handle(const struct header *h, char *payload);
/* Fills in a slot for every fd of a job that may have news; returns how many there are. */
size_t fill_jobs(struct pollfd *fds);
/* Passes on what jobs wrote and are written, and says which have ended. */
void serve_jobs(void);

#endif
