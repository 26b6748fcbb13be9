/* SPDX-License-Identifier: GPL-2.0 */
/* What keeps the modules from working, and what to do. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>

/* A line for each finding; returns the first one's number, 0 where nothing is found. */
int doctor(bool verbose);

/* The same of one module, whosever it is, and what is known of it. */
int doctor_module(const char *name);

#endif
