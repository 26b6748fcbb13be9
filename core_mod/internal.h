/* SPDX-License-Identifier: GPL-2.0 */
/* What core_mod's own files share and no dependent sees. */
#ifndef TCORE_INTERNAL_H
#define TCORE_INTERNAL_H

int tcore_dir_create(void);
void tcore_dir_remove(void);

#endif /* TCORE_INTERNAL_H */
