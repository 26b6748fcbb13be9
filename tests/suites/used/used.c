// SPDX-License-Identifier: GPL-2.0
/* Whoever opens its device takes a reference that nobody gives back. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int used_open(struct inode *inode, struct file *file)
{
	__module_get(THIS_MODULE);
	return 0;
}

static const struct file_operations used_fops = {
	.owner = THIS_MODULE,
	.open = used_open,
};

static struct miscdevice used_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "used",
	.fops = &used_fops,
};

static int __init used_init(void)
{
	return misc_register(&used_device);
}
module_init(used_init);

static void __exit used_exit(void)
{
	misc_deregister(&used_device);
}
module_exit(used_exit);

MODULE_DESCRIPTION("Is in use once it was used");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
