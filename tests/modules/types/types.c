// SPDX-License-Identifier: GPL-2.0
/* Has a parameter of each type, one that nobody may write, and one that sysfs does not show. */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

static bool a_bool;
module_param(a_bool, bool, 0644);
static unsigned char a_byte;
module_param(a_byte, byte, 0644);
static char *a_charp;
module_param(a_charp, charp, 0644);
static long a_long;
module_param(a_long, long, 0644);
static short a_short;
module_param(a_short, short, 0644);
static unsigned int a_uint;
module_param(a_uint, uint, 0644);
static unsigned long a_ulong;
module_param(a_ulong, ulong, 0644);
static unsigned short a_ushort;
module_param(a_ushort, ushort, 0644);
static int an_int;
module_param(an_int, int, 0444);
static bool an_invbool;
module_param(an_invbool, invbool, 0644);
static int hidden;
module_param(hidden, int, 0);
static int list[3];
static unsigned int listed;
module_param_array(list, int, &listed, 0644);

static int __init types_init(void)
{
	pr_info("types: hidden is %d, list has %u\n", hidden, listed);
	return 0;
}
module_init(types_init);

static void __exit types_exit(void)
{
}
module_exit(types_exit);

MODULE_DESCRIPTION("Has a parameter of each type");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
