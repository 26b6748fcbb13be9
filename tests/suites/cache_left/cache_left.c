// SPDX-License-Identifier: GPL-2.0
/* Destroys its slab cache with an object in it. */
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;

static int __init cache_left_init(void)
{
	cache = kmem_cache_create("cache_left", 200, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	return kmem_cache_alloc(cache, GFP_KERNEL) ? 0 : -ENOMEM;
}
module_init(cache_left_init);

static void __exit cache_left_exit(void)
{
	kmem_cache_destroy(cache);
}
module_exit(cache_left_exit);

MODULE_DESCRIPTION("Forgets an object of its slab cache");
MODULE_AUTHOR("The taskmods authors");
MODULE_LICENSE("GPL");
