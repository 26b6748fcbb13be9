# SPDX-License-Identifier: GPL-2.0
"""One guest: what it is made of, how it is booted, asked, and ended.

`recipe` is what it is made of, `usual` has that for a kernel; `vm` is it, in which commands run and
files are read; `snapshot` has one that need not boot. Beneath are `qemu`, one process, with its
`monitor`, `agent`, the words with what runs in the guest, `clock`, and `klog`, its kernel's log, in
which `trouble` is what it says where it dies. Its root is
`small`, or a whole Debian of `distro`, or that with a compiler, `dkms`, or its own `initrd`.
Besides it may have `firmware` that trusts a key, `otherkmod`, and `programs` of the archive's,
beside `helpers`, our own; `session` is a shell that is typed at. `places` is where our things lie
in it.
"""
