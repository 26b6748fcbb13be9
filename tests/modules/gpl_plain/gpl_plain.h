/* SPDX-License-Identifier: GPL-2.0 */
int plain_zero(void);
