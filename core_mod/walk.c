// SPDX-License-Identifier: GPL-2.0
/* Walking the processes of a pid namespace in the order of their pids. */

/**
 * DOC: Concurrency
 *
 * Tasks are read while they run, exit, execute programs, get other parents and other names. The
 * core takes no lock against that: modules cannot have tasklist_lock. What makes each reading
 * right instead:
 *
 * Memory. All is found and read within one RCU read-side section, and nothing is kept after it but
 * copies. The kernel frees a struct pid, a task_struct, credentials and a css_set a grace period
 * after the last pointer to it was changed. So a task that was found at its struct pid, its
 * real_parent, cred and cgroups stay until the section ends. So does its group_leader: a leader is
 * released after its threads, and until then it is theirs. And no other task gets the memory of one
 * that was met in the section, so that two equal pointers are the same task.
 *
 * Order. That a parent without a pid is outside of the namespace, and was not just reaped, is true
 * only if the task was not given another one before, and was not reaped itself. Both are read
 * again, after an smp_rmb(). No smp_wmb() stands on the other side: the kernel writes the two
 * values in two sections of tasklist_lock, one after the other, and whoever sees what the second
 * wrote sees what the first wrote, too. The barrier says which sections it pairs with;
 * tests/litmus/ has them as litmus tests of the kernel's memory model.
 *
 * Single values. A state, a name, a time may change right after it was read, and then the copy is
 * of the moment before, which is as good. Ours are read by READ_ONCE(). What an accessor of the
 * kernel's reads plainly is in data_race(): whatever is read so was right at some moment.
 */
#include <linux/export.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "core_mod.h"
#include "internal.h"
#include "pids.h"

/* So many slots before a process is copied its lines are asked for, as was measured to be best. */
#define PIDS_AHEAD  8
#define TASKS_AHEAD 4

/*
 * One call of tcore_walk(): the rest of the batch, and the last process whose parent was looked at.
 * Those that follow have the same one more often than not, and then what was copied of it, too.
 * That holds within one RCU section: there no other task gets the parent's task_struct. If the
 * parent has been reaped meanwhile, the copy is of the time before.
 */
struct task_walk {
	struct pid_namespace *ns;
	struct tcore_task *next;
	struct tcore_task *end;
	const struct task_struct *parent;
	const struct tcore_task *sibling;
};

/*
 * The parent to report, with its pid. A parent that was reaped after real_parent was read has no
 * pid any more, but before it lost that its children were given another parent: look again. A child
 * that is reaped first gets no other parent; who calls this sees then that it leads nothing.
 */
static struct task_struct *read_parent(struct task_struct *task, struct pid_namespace *ns,
				       pid_t *ppid)
{
	struct task_struct *parent;

	do {
		parent = rcu_dereference(task->real_parent);
		*ppid = task_tgid_nr_ns(parent, ns);
		/*
		 * Pairs with the write_unlock_irq(&tasklist_lock) after forget_original_parent(),
		 * in exit_notify(), and after __change_pid(), in the task's own release_task(), and
		 * with the write_lock_irq() before __change_pid() in its parent's: who sees the
		 * parent without a pid sees that the task has another parent, or leads nothing.
		 */
		smp_rmb();
	} while (!*ppid && rcu_access_pointer(task->real_parent) != parent);

	return parent;
}

/* Under RCU. */
static void copy_parent(struct task_walk *walk, struct task_struct *task)
{
	struct task_struct *parent = rcu_access_pointer(task->real_parent);
	struct tcore_task *copy = walk->next;

	if (walk->sibling && parent == walk->parent) {
		copy->ppid = walk->sibling->ppid;
		memcpy(copy->parent, walk->sibling->parent, TASK_COMM_LEN);
		return;
	}
	parent = read_parent(task, walk->ns, &copy->ppid);
	/* Where de_thread() replaces the parent's leader just now, either one is right. */
	if (copy->ppid || walk->ns == &init_pid_ns)
		tcore_copy_name(copy->parent, READ_ONCE(parent->group_leader));
	else
		strscpy(copy->parent, "-", sizeof(copy->parent));
	walk->parent = parent;
	walk->sibling = copy;
}

/*
 * Whether a task is the leader of a process still. It is asked of the pid, whose cache line has
 * been read before: the task's own pointer to it is in one more.
 */
static bool is_leader(const struct task_struct *task, struct pid *pid)
{
	return rcu_access_pointer(hlist_first_rcu(&pid->tasks[PIDTYPE_TGID])) ==
	       &task->pid_links[PIDTYPE_TGID];
}

/*
 * Copies a process to where the batch goes on, unless it has gone. Where another of its threads
 * executes a program, that one becomes the leader: then what was copied is of the old one, and is
 * copied again. In between there is always a leader: hlist_replace_rcu() leaves no gap.
 */
static void add_process(struct task_walk *walk, struct pid *pid, pid_t nr)
{
	struct tcore_task *copy = walk->next;
	struct task_struct *leader;

	while (tcore_pid_task(pid, PIDTYPE_TGID, &leader)) {
		copy_parent(walk, leader);
		copy->pid = nr;
		copy->state = task_index_to_char(tcore_state_index(leader));
		tcore_copy_name(copy->comm, leader);
		if (is_leader(leader, pid)) {
			walk->next++;
			return;
		}
		/* What was copied of its parent may be in the place of the next. */
		walk->sibling = NULL;
	}
}

/*
 * Asks for the cache lines of a process that is copied some turns later: of its struct pid, and
 * once that has come, of its task. The processor by itself does not look so far ahead: it waits
 * where a name's lock is taken, and among too many tasks for all its caches.
 */
static __always_inline void prefetch_process(const struct tcore_pids *pids, void __rcu **slot)
{
	struct task_struct *task;
	struct pid *pid;

	if (slot + PIDS_AHEAD >= pids->end)
		return;
	pid = rcu_dereference_raw(slot[PIDS_AHEAD]);
	if (pid)
		prefetch(&pid->tasks[PIDTYPE_TGID]);
	pid = rcu_dereference_raw(slot[TASKS_AHEAD]);
	if (!pid || !tcore_pid_task(pid, PIDTYPE_TGID, &task))
		return;
	/* The state is in its first. */
	prefetch(task);
	prefetch(&task->exit_state);
	prefetch(&task->real_parent);
	prefetch(task->comm);
	tcore_prefetch_name_lock(task);
}

/* One RCU section from *@pos on; returns whether there may be more. */
static bool add_processes(struct task_walk *walk, pid_t *pos)
{
	struct tcore_pids pids;
	void __rcu **slot;

	rcu_read_lock();
	walk->sibling = NULL;
	slot = tcore_pids_first(&pids, walk->ns, *pos);
	for (; slot && walk->next < walk->end; slot = tcore_pids_next(&pids, slot)) {
		struct pid *pid = rcu_dereference_raw(*slot);

		prefetch_process(&pids, slot);
		if (pid)
			add_process(walk, pid, tcore_pids_nr(&pids, slot));
	}
	rcu_read_unlock();
	*pos = tcore_pids_nr(&pids, slot);
	return pids.more;
}

/**
 * tcore_walk - copy the next processes of a pid namespace
 * @ns: the namespace; the caller keeps it alive (tcore_seq_ns(), or &init_pid_ns)
 * @pos: the lowest pid to consider, 0 at first; set to where the next call goes on
 * @tasks: where the copies go
 * @max: how many fit there
 *
 * Processes come in ascending order of pid, by their leaders; a leader that has exited while its
 * threads live on is still there, as a zombie. State, parent and names are each read as /proc
 * would, one after the other: they need not be of the same instant. The parent is real_parent's
 * thread group, as in /proc/PID/stat, and not a debugger.
 *
 * Never holds RCU for more than %TCORE_PIDS_PER_RCU pids, and touches neither memory maps nor
 * files, so that no stuck task can hold it up.
 *
 * Context: Process context; sleeps between RCU sections.
 * Return: How many were copied; 0 is the end.
 */
unsigned int tcore_walk(struct pid_namespace *ns, pid_t *pos, struct tcore_task *tasks,
			unsigned int max)
{
	struct task_walk walk = { .ns = ns, .next = tasks, .end = tasks + max };
	bool more = true;

	while (more && walk.next < walk.end) {
		more = add_processes(&walk, pos);
		cond_resched();
	}
	return walk.next - tasks;
}
EXPORT_SYMBOL_GPL(tcore_walk);
