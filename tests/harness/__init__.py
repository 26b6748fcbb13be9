# SPDX-License-Identifier: GPL-2.0
"""The bench: a throw-away VM on a real kernel, and what it takes to make one.

How it fits together::

    host.py      what the host must have, and running programs there
    cache.py     downloads and what is made of them, kept between runs
    archive.py   Debian packages by name, from the archive that apt is set up for
    kernel.py    a kernel: its image, and a directory to build modules against
    userland.py  the guest's programs, as an initramfs
    build.py     our modules, and the programs that run inside the guest
    qemu.py      one QEMU process
    agent.py     running commands in the guest, over a serial port
    vm.py        all of these together: boot, run, read, end

    trace.py     the kernel's tracepoints of modules
    modstate.py  what is loaded and who uses it
    procfs.py    our files in /proc, and the kernel's own beside them
    health.py    what a guest must not show after a test

    __main__.py  the commands; tour.py make demo, shell.py make shell, check.py make check
"""
