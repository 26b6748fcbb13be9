// SPDX-License-Identifier: GPL-2.0
/* core_mod's walk without a file: all is copied that `tasks` shows, and no text is made of it. */
#include <linux/pid_namespace.h>

#include <core_mod.h>

#include "native.h"

/* As many as walker_mod has copied at a time. */
static struct tcore_task batch[32];

static int walk_all(unsigned int (*walk)(struct pid_namespace *, pid_t *, struct tcore_task *,
					 unsigned int))
{
	unsigned int n, sum = 0;
	pid_t pos = 0;

	while ((n = walk(&init_pid_ns, &pos, batch, ARRAY_SIZE(batch))))
		sum += n;
	return sum;
}

int walk_tasks(void)
{
	return walk_all(tcore_walk);
}

int walk_tasks_locked(void)
{
	return walk_all(native_walk_locked);
}
