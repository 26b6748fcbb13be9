/* SPDX-License-Identifier: GPL-2.0 */
/* What walker_mod's own files share. */
#ifndef WALKER_H
#define WALKER_H

#include "../core_mod/core_mod.h"

/* So many tasks are copied at a time. */
#define WALKER_BATCH 32

int walker_log_tasks(void);

extern const struct tcore_file walker_tasks_file;
extern const struct tcore_file walker_threads_file;

#endif /* WALKER_H */
