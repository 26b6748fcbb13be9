/* SPDX-License-Identifier: GPL-2.0 */
/* What the file of a module says of itself: its .modinfo section, and its signature. */
#ifndef MODINFO_H
#define MODINFO_H

#include <stdbool.h>
#include <stddef.h>

/* Whether it is one that can be read: some are compressed. */
bool modinfo_is_readable(const char *file, size_t len);

/* The value of a key; NULL where it has none. It points into the file. */
const char *modinfo_value(const char *file, size_t len, const char *key);

bool modinfo_is_signed(const char *file, size_t len);

/* The common name of the signature's certificate; NULL where it cannot be told. To be freed. */
char *modinfo_signer(const char *file, size_t len);

#endif
