/* SPDX-License-Identifier: GPL-2.0 */
int for_zero(void);
