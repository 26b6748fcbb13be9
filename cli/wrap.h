/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WRAP_H
#define WRAP_H

#include <stddef.h>

/* Print a text behind its label, in lines of a page's width, each below the other. */
void wrap_print(const char *label, const char *text, size_t len);

#endif
