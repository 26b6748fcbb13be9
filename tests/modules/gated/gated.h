/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GATED_H
#define GATED_H

int gated_value(void);

#endif
