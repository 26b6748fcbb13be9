// SPDX-License-Identifier: GPL-2.0
/* A function for the module's other source: not static, and not exported either. */
#include "greeting.h"

const char *greeting(void)
{
	return "hello from the other source";
}
