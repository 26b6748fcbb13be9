# SPDX-License-Identifier: GPL-2.0
"""The bench: throw-away VMs on real kernels, what it takes to make them, and what they show.

It is a package of rooms; each says in its own words what it offers. Imports run one way, from a
room to those above it in this list, and rows, cost, monitoring, soak and suites know nothing of
each other:

`host` is the machine that we are on: running programs there, downloads, what is kept of them.

`kernels` gets or builds kernels, and builds modules for them.

`guest` is one VM: what it is made of, how it is booted, asked and ended.

`observe` is what a guest shows: events, states, files, what is left or lost, which lines ran.

`rows` are the behaviours of ../behaviours/ as data, and how they are tried, kept and written.

`cost` is what reading all tasks costs. `monitoring` is Prometheus. `soak` is minutes of load.
`suites` are modules that are not ours.

`commands` has a file for each command of the Makefile's; `__main__` is their table.
"""
