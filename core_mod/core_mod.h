/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What core_mod offers to walker_mod, report_mod and any other dependent.
 *
 * A dependent sees copies, never a task_struct, and never runs under RCU. It calls
 * tcore_check_interface(KBUILD_MODNAME, TCORE_INTERFACE) first thing in its init function.
 */
#ifndef TCORE_CORE_MOD_H
#define TCORE_CORE_MOD_H

#include <linux/fs.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#define TCORE_VERSION "1.0.0"

/* Grows by one whenever anything below changes in a way that a dependent must be rebuilt for. */
#define TCORE_INTERFACE 3

/* The states that the kernel reports, in the order of task_state_index(). */
enum tcore_state {
	TCORE_RUNNING,
	TCORE_INTERRUPTIBLE,
	TCORE_UNINTERRUPTIBLE,
	TCORE_STOPPED,
	TCORE_TRACED,
	TCORE_DEAD,
	TCORE_ZOMBIE,
	TCORE_PARKED,
	TCORE_IDLE,
	TCORE_NR_STATES
};

/* Room for any name as tcore_escape() writes it: four bytes for one, and the NUL. */
#define TCORE_ESCAPED_LEN (4 * (TASK_COMM_LEN - 1) + 1)

/* Room for any number as tcore_put_number() writes it, with the NUL that may follow. */
#define TCORE_NUMBER_LEN 21

/**
 * struct tcore_task - what is copied of a process (a thread group, by its leader)
 * @pid: its number in the namespace walked
 * @ppid: its parent's number there, 0 where that namespace does not hold the parent
 * @state: the letter that /proc/PID/stat shows
 * @comm: its name, as it is: any byte but NUL may be in it
 * @parent: its parent's name; "-" where @ppid is 0 and the namespace is not the initial one
 */
struct tcore_task {
	pid_t pid;
	pid_t ppid;
	char state;
	char comm[TASK_COMM_LEN];
	char parent[TASK_COMM_LEN];
};

/* Of a thread that has not run yet, or where the kernel does not keep when one did. */
#define TCORE_LASTRUN_UNKNOWN -1

/**
 * struct tcore_thread - what is copied of a thread
 * @pid: its process's number in the namespace walked
 * @tid: its own number there
 * @state: the letter that /proc/PID/stat shows
 * @uid: its effective user, as ps has it
 * @cgroup: the id of its control group in the unified hierarchy, on 64 bits the inode number of the
 *	group's directory; 0 where the kernel has no control groups
 * @lastrun: how many milliseconds ago it was last put on a processor; 0 while it is on one; or
 *	%TCORE_LASTRUN_UNKNOWN. The kernel keeps no time of leaving: what it ran for then is in it,
 *	too, so that a thread that waits has waited for at most this long
 * @comm: its name, as it is: any byte but NUL may be in it
 */
struct tcore_thread {
	pid_t pid;
	pid_t tid;
	char state;
	kuid_t uid;
	u64 cgroup;
	s64 lastrun;
	char comm[TASK_COMM_LEN];
};

/**
 * struct tcore_counts - tasks by state
 * @processes: thread groups, by their leader's state
 * @threads: all threads, leaders too
 */
struct tcore_counts {
	unsigned int processes[TCORE_NR_STATES];
	unsigned int threads[TCORE_NR_STATES];
};

/**
 * struct tcore_file - a file in /proc/taskmods
 * @name: its name there
 * @owner: the module that is in use while the file is open
 * @show: writes all of it at once, as for single_open(); see tcore_seq_ns() for whose tasks to show
 * @ops: writes it in records, where there is no @show
 * @private_size: for @ops, bytes of zeroed memory that each open gets as seq_file->private
 */
struct tcore_file {
	const char *name;
	struct module *owner;
	int (*show)(struct seq_file *m, void *v);
	const struct seq_operations *ops;
	int private_size;
};

int tcore_check_interface(const char *dependent, unsigned int built_for);

unsigned int tcore_walk(struct pid_namespace *ns, pid_t *pos, struct tcore_task *tasks,
			unsigned int max);
unsigned int tcore_walk_threads(struct pid_namespace *ns, pid_t *pos, struct tcore_thread *threads,
				unsigned int max);
void tcore_count(struct pid_namespace *ns, struct tcore_counts *counts);
size_t tcore_escape(char *dst, const char *name, char also);
size_t tcore_put_number(char *dst, u64 number);

int tcore_file_register(const struct tcore_file *file);
void tcore_file_unregister(const struct tcore_file *file);

/* The pid namespace of the /proc mount that the file was opened on; lives as long as it is open. */
static inline struct pid_namespace *tcore_seq_ns(const struct seq_file *m)
{
	return proc_pid_ns(file_inode(m->file)->i_sb);
}

#endif /* TCORE_CORE_MOD_H */
