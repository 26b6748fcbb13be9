/* SPDX-License-Identifier: GPL-2.0 */
/* What the links of a chain of eight share: each calls the one before it. */
#ifndef CHAIN_H
#define CHAIN_H

int chain_1(void);
int chain_2(void);
int chain_3(void);
int chain_4(void);
int chain_5(void);
int chain_6(void);
int chain_7(void);
int chain_8(void);

#endif
