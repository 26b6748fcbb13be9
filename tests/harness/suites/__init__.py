# SPDX-License-Identifier: GPL-2.0
"""make try: suites that are not ours, found, built, looked at, and tried by what any must do.

`source` finds the sources, `build` builds them for a kernel, by one of the `ways`: `dkmsconf` reads
a dkms.conf as dkms does. `built` is what there is then, `modinfo` what the modules' files tell,
`symbols` what of theirs the kernel will refuse, `graph` who needs whom; `lacking` is of kernels
that a suite is not for, `since` of those that it is not built for any more. `plan` says what is
known without a guest.

`asked` is a suite that is built and tried on kernels of the table; `options` are what may be asked
for. `trial` tries a suite on each kernel, by the `checks`: an `attempt` on one kernel has a
`supply` of guests, and is in one of them for a `stay`. `visit` loads and unloads one module in all
ways, `alone` without what it needs; `release` waits for who has it in use, `remains` is what it can
leave, `errors` what its load ended with. `growth` is of many loads, `leaks` of a kernel that looks
for them, `using` of the user's script, `upgrade` of the version before. What came of it are
`verdict`s, with the `advice` of taskmods explain, some of which may be `expected`: `result` shows
them, as a `table`, a `page` and `junit`. `found` is the page of what was found on others' packages.
"""
