// SPDX-License-Identifier: GPL-2.0
/*
 * The files in /proc/taskmods: who may open them, and that their module stays while they are open.
 *
 * procfs lets a module go while one of its files is open, and closes the file for it. Ours hold a
 * reference for each open instead, so that lsmod shows the user and rmmod is refused.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/error-injection.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "compat.h"
#include "core_mod.h"
#include "internal.h"

static struct proc_dir_entry *dir;

/*
 * Whom hidepid exempts from hiding, as has_pid_permissions() in fs/proc/base.c has it: the mount's
 * group but with hidepid=ptraceable, and whoever may trace. There that is asked of each task; here
 * once, as CAP_SYS_PTRACE over the namespace.
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
	err = seq_open_private(file, tf->ops, tf->private_size);
	if (err)
		module_put(tf->owner);
	return err;
}

static int file_release(struct inode *inode, struct file *file)
{
	const struct tcore_file *tf = tcore_pde_data(inode);

	seq_release_private(inode, file);
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
 * Owned by root, mode 0444; on a mount with hidepid only for whom that option exempts. From here on
 * it can be opened, so call this last in an init function.
 *
 * Context: Process context; may sleep.
 * Return: 0, or -ENOMEM, also where there is a file of that name.
 */
int tcore_file_register(const struct tcore_file *file)
{
	if (!proc_create_data(file->name, 0444, dir, &file_ops, (void *)file))
		return -ENOMEM;
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
	remove_proc_entry(file->name, dir);
}
EXPORT_SYMBOL_GPL(tcore_file_unregister);

int __init tcore_dir_create(void)
{
	dir = proc_mkdir("taskmods", NULL);
	return dir ? 0 : -ENOMEM;
}

void tcore_dir_remove(void)
{
	proc_remove(dir);
}
