/* SPDX-License-Identifier: GPL-2.0 */
/* A diamond: the top needs both sides, which need the base. */
#ifndef DIAMOND_H
#define DIAMOND_H

int diamond_base(void);
int diamond_left(void);
int diamond_right(void);
int diamond_top(void);

#endif
