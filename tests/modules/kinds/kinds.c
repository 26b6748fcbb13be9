// SPDX-License-Identifier: GPL-2.0
/* Has a parameter of each kind that types has none of: see there for the plain ones. */
#include <linux/module.h>
#include <linux/moduleparam.h>

static char name[8] = "none";
module_param_string(name, name, sizeof(name), 0644);
static int flag;
module_param(flag, bint, 0644);
static unsigned int mask;
module_param(mask, hexint, 0644);
static unsigned long long size;
module_param(size, ullong, 0644);
static char *words[3];
static unsigned int count;
module_param_array(words, charp, &count, 0644);
static int fixed[3] = { 1, 2, 3 };
module_param_array(fixed, int, NULL, 0444);
static bool danger;
module_param_unsafe(danger, bool, 0644);

static int __init kinds_init(void)
{
	return 0;
}
module_init(kinds_init);

static void __exit kinds_exit(void)
{
}
module_exit(kinds_exit);

MODULE_DESCRIPTION("Has parameters of the rarer kinds");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
