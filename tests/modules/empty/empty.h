/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Three modules that do nothing, and need one another as ours do. Each has a function that stays:
 * where there is none but the one for init, its load waits for RCU.
 */
#ifndef EMPTY_H
#define EMPTY_H

void empty_core(void);
void empty_walker(void);
void empty_report(void);

#endif
