/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCRAPE_H
#define SCRAPE_H

/*
 * Ask the server at a port of the loopback interface for /metrics, and read its answer to the end,
 * which goes to @out if that is not negative. Returns 0, or -1 with errno set.
 */
int scrape(const char *port, int out);

/* The nanoseconds that the threads of a process have run, or -1 with errno set. */
long long ran_of(const char *pid);

#endif
