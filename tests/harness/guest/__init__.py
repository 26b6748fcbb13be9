# SPDX-License-Identifier: GPL-2.0
"""One guest: what it is made of, how it is booted, asked, and ended.

`vm` is it: parts for a kernel, and a VM of them, in which commands run and files are read;
`snapshot` has one that need not boot. Beneath are `qemu`, one process, with its `monitor`, `agent`,
the words with what runs in the guest, and `clock`. Its root is
`small`, or a whole Debian of `distro`, or that with a compiler, `dkms`, or its own `initrd`.
Besides it may have `firmware` that trusts a key, `otherkmod`, and `programs` of the archive's,
beside `helpers`, our own; `session` is a shell that is typed at. `places` is where our things lie
in it.
"""
