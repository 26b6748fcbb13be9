# SPDX-License-Identifier: GPL-2.0
"""Minutes of loading, reading and unloading while thousands of short-lived tasks come and go.

`course` is what happens, as data; `soak` has a guest go through rounds of it, each of which ends
with a look at what is left. `loads` are thousands of loads alone, `pressure` those where memory
runs out; `memory` is what the kernel has in use.
"""
