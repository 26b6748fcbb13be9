# SPDX-License-Identifier: GPL-2.0
"""The machine that we are on: its programs, its archive of packages, what is kept of these.

`paths` is where things are, `run` runs a program and tells what went wrong, `system` is whose
machine it is. `apt` gets packages by name, `unpack` lays them out with what they depend on, and
`cache` keeps what was made of them: whole, or not there. `cpio` and `image` write archives for a
kernel, `cli` builds taskmods, `elf` tells what a program is linked to. `tools` has packages
installed, `sandbox` runs what is not ours. `markdown` and
`gnuplot` make tables and pictures for pages, `progress` says what takes time, `errors` is what
people are told.
"""
