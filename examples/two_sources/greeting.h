/* SPDX-License-Identifier: GPL-2.0 */
/* What one source of the module offers to the other; nothing of it is seen outside the module. */
#ifndef GREETING_H
#define GREETING_H

const char *greeting(void);

#endif /* GREETING_H */
