/* SPDX-License-Identifier: GPL-2.0 */
/* Prometheus's text format: the lines of a family, whose name gets our prefix. */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include <stdio.h>

/* What stands before the samples of a family. All of ours are gauges. */
void exposition_family(FILE *out, const char *name, const char *help);

/* A label of a sample, without a comma. Its value must be UTF-8. */
void exposition_label(FILE *out, const char *name, const char *value);

/* A sample without labels. */
void exposition_count(FILE *out, const char *name, unsigned long value);

#endif
