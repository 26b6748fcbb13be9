/* SPDX-License-Identifier: GPL-2.0 */
/* What core_mod's own files share and no dependent sees. */
#ifndef TCORE_INTERNAL_H
#define TCORE_INTERNAL_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "compat.h"

static inline unsigned int tcore_state_index(struct task_struct *task)
{
	/* Of two words; exit_state, which changes twice at most, is read plainly there. */
	return data_race(task_state_index(task));
}

int tcore_files_create(void);
void tcore_files_remove(void);

#endif /* TCORE_INTERNAL_H */
