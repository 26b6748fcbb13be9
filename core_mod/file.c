// SPDX-License-Identifier: GPL-2.0
/*
 * The files in /proc/taskmods: who may open them, and that their module stays while they are open.
 *
 * procfs lets a module go while one of its files is open, and closes the file for it. Ours hold a
 * reference for each open instead, so that lsmod shows the user and rmmod is refused.
 *
 * A mount with subset=pid shows nothing but the directories of processes, and so has none of these.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/error-injection.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid_namespace.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "core_mod.h"
#include "internal.h"

static unsigned int file_mode = 0444;
module_param_named(mode, file_mode, uint, 0444);
MODULE_PARM_DESC(mode, "Mode of the files in /proc/taskmods, of the bits to read by (default: 0444)");

static unsigned int file_gid;
module_param_named(gid, file_gid, uint, 0444);
MODULE_PARM_DESC(gid, "Number of the group of the files in /proc/taskmods (default: 0)");

static struct proc_dir_entry *file_dir;

/*
 * Whom hidepid exempts from hiding, as has_pid_permissions() in fs/proc/base.c has it: the mount's
 * group but with hidepid=ptraceable, and whoever may trace. There that is asked for each task, at
 * each look: CAP_SYS_PTRACE over the user namespace of its memory, whether it may be dumped, and
 * what a security module says, or else to be of the same user. One list cannot. Here it is asked
 * once, at open, as CAP_SYS_PTRACE over the user namespace of the mount's pid namespace.
 */
static bool may_see_all(const struct proc_fs_info *info)
{
	unsigned int hide_pid = READ_ONCE(info->hide_pid);
	/* A remount may be changing both: whoever opens meanwhile may get either's answer. */
	bool in_group = data_race(in_group_p(info->pid_gid));

	if (hide_pid == HIDEPID_OFF)
		return true;
	if (hide_pid != HIDEPID_NOT_PTRACEABLE && in_group)
		return true;
	return ns_capable(info->pid_ns->user_ns, CAP_SYS_PTRACE);
}

static int file_open(struct inode *inode, struct file *file)
{
	const struct tcore_file *tf = tcore_pde_data(inode);
	int err;

	if (!may_see_all(proc_sb_info(inode->i_sb)))
		return -EACCES;
	/* Fails once the owner is being unloaded: to the opener the file is gone already. */
	if (!try_module_get(tf->owner))
		return -ENOENT;
	if (tf->show)
		err = single_open(file, tf->show, NULL);
	else
		err = seq_open_private(file, tf->ops, tf->private_size);
	if (err)
		module_put(tf->owner);
	return err;
}

static int file_release(struct inode *inode, struct file *file)
{
	const struct tcore_file *tf = tcore_pde_data(inode);

	if (tf->show)
		single_release(inode, file);
	else
		seq_release_private(inode, file);
	/* The last use of what the owner has: tcore_file_unregister() waits for this to return. */
	module_put(tf->owner);
	return 0;
}

static const struct proc_ops file_ops = {
	.proc_open = file_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = file_release,
};

/**
 * tcore_file_register - put a file into /proc/taskmods
 * @file: what it is; must stay until tcore_file_unregister()
 *
 * Owned by root, with the mode and group that core_mod was given; on a mount with hidepid only for
 * whom that option exempts. From here on it can be opened, so call this last in an init function.
 *
 * Context: Process context; may sleep.
 * Return: 0, or -ENOMEM, also where there is a file of that name.
 */
int tcore_file_register(const struct tcore_file *file)
{
	struct proc_dir_entry *entry;

	entry = proc_create_data(file->name, file_mode, file_dir, &file_ops, (void *)file);
	if (!entry)
		return -ENOMEM;
	/* Whoever opens it before this has to be of root's group. */
	proc_set_user(entry, GLOBAL_ROOT_UID, make_kgid(&init_user_ns, file_gid));
	return 0;
}
EXPORT_SYMBOL_GPL(tcore_file_register);
ALLOW_ERROR_INJECTION(tcore_file_register, ERRNO);

/**
 * tcore_file_unregister - take a file out of /proc/taskmods
 * @file: as given to tcore_file_register()
 *
 * Waits for calls that are inside the file. It must: a release gives its reference back before it
 * returns, and an open may be finding out that the owner is going.
 *
 * Context: Process context; may sleep.
 */
void tcore_file_unregister(const struct tcore_file *file)
{
	remove_proc_entry(file->name, file_dir);
}
EXPORT_SYMBOL_GPL(tcore_file_unregister);

static int __init check_parameters(void)
{
	/* To procfs a mode of 0 is none given, and means 0444. */
	if (!file_mode || file_mode & ~0444U) {
		pr_err("mode=%#o: the files can have bits of 0444 alone, and one at least\n",
		       file_mode);
		return -EINVAL;
	}
	if (!gid_valid(make_kgid(&init_user_ns, file_gid))) {
		pr_err("gid=%u is not the number of a group\n", file_gid);
		return -EINVAL;
	}
	return 0;
}

int __init tcore_files_create(void)
{
	int err = check_parameters();

	if (err)
		return err;
	file_dir = proc_mkdir("taskmods", NULL);
	return file_dir ? 0 : -ENOMEM;
}

void tcore_files_remove(void)
{
	proc_remove(file_dir);
}
