// SPDX-License-Identifier: GPL-2.0
/* The floors go through the pids as core_mod does, by its own code. */
#include <pids.c>
