/* SPDX-License-Identifier: GPL-2.0 */
/* What is timed in the kernel that the real processor runs: ways to read all tasks, and floors. */
#ifndef NATIVE_H
#define NATIVE_H

#include <linux/types.h>

struct pid_namespace;
struct seq_file;
struct tcore_task;

/* Each reads once. Returns how many tasks there were, 0 where it does not know, or an error. */
int read_tasks(void);
int read_threads(void);
int read_report(void);
int read_plain(void);
int read_nothing(void);
int walk_tasks(void);
int walk_tasks_locked(void);
int loop_fields(void);
int loop_states(void);
int touch_tasks(void);
int touch_threads(void);
int touch_report(void);

/* How many cache lines each task has that a floor touches. */
void show_lines(struct seq_file *m);

int native_files_init(void);
void native_files_exit(void);
int native_plain_init(void);
void native_plain_exit(void);

unsigned int native_walk_locked(struct pid_namespace *ns, pid_t *pos, struct tcore_task *tasks,
				unsigned int max);

/* What is read and not shown ends here, so that the compiler does not leave it out. */
extern unsigned long native_sink;

#endif /* NATIVE_H */
