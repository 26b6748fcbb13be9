/* SPDX-License-Identifier: GPL-2.0 */
int dup_zero(void);
