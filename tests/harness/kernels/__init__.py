# SPDX-License-Identifier: GPL-2.0
"""Kernels, and what is built for them.

`table` is ../kernels.py; `choice` gets one of it by name: `fromdebian` or, with checks that Debian
has not, `fromsource`, of what `source` unpacks. A `kernel` knows its image, headers and options,
`toolchain` is its suite's compiler. `build` makes our modules, and the tests' own; `workdir` is a
directory on the host, with a shell that builds for the guest's kernel.
"""
