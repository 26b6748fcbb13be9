/* SPDX-License-Identifier: GPL-2.0 */
int ns_zero(void);
