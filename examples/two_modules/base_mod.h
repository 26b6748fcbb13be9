/* SPDX-License-Identifier: GPL-2.0 */
/* What base_mod offers to other modules. */
#ifndef BASE_MOD_H
#define BASE_MOD_H

unsigned int base_next(void);

#endif /* BASE_MOD_H */
