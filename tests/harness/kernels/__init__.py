# SPDX-License-Identifier: GPL-2.0
"""Kernels, and what is built for them.

`table` is ../kernels.py, `architectures` what differs by the processor; `choice` gets a kernel by
its name: `fromdebian` or, with checks that Debian has not, `fromsource`, of what `source` unpacks.
`usermode` is one that is a program.
A `kernel` knows its image, headers and options, `intree` gets modules of its own, `toolchain` is
its suite's compiler; `kmodsource` builds a kmod that counts what runs of it. A `suite` is modules
that are tried together, such as ours; `build` makes these, and the tests' own; `workdir` is a
directory on the host, with a shell that builds for the guest's kernel.
"""
