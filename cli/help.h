/* SPDX-License-Identifier: GPL-2.0 */
/* What --help says: the tables of commands and options in words. */
#ifndef HELP_H
#define HELP_H

void help_print(void);

#endif
