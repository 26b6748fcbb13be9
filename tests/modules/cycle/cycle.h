/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CYCLE_H
#define CYCLE_H

int cycle_one(void);
int cycle_two(void);

#endif
