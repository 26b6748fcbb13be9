/* SPDX-License-Identifier: GPL-2.0 */
int proprietary_zero(void);
