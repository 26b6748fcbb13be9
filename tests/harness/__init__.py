# SPDX-License-Identifier: GPL-2.0
"""The bench: a throw-away VM on a real kernel, and what it takes to make one.

How it fits together::

    paths.py     where things are; run.py running programs of the host's; system.py whose it is
    cache.py     downloads and what is made of them, kept between runs
    archive.py   Debian packages by name, from the archive that apt is set up for
    kernel.py    a kernel: its image, and what to build modules against
    choice.py    which one of the table in ../kernels.py
    debiankernel.py  one of Debian's; toolchain.py the compiler of its suite
    debugkernel.py   one that looks for mistakes, built of kernelsource.py
    userland.py  the guest's programs, as an initramfs
    build.py     our modules, and the programs that run inside the guest
    qemu.py      one QEMU process; clock.py how fast its guest's clock runs
    agent.py     running commands in the guest, over a serial port
    vm.py        all of these together: boot, run, read, end

    trace.py     the kernel's tracepoints of modules
    modstate.py  what is loaded and who uses it
    procfs.py    our files in /proc, and the kernel's own beside them
    health.py    what a guest must not show after a test
    leaks.py     what was allocated in it and lost

    gcov.py      which of our lines ran in the guests

    firmware.py  UEFI firmware for a guest, which trusts a certificate of ours
    distro.py    another kind of guest: a whole Debian, with systemd and udev
    initrd.py    another yet: one that is in an initrd of the distribution's

    programs.py  programs of the archive's for a guest, such as stress-ng

    meter.py     what a reading costs in a guest
    readers.py   what reads all tasks: our files and their peers
    benchguest.py  a guest to measure in
    results.py   what was measured, and among which tasks
    targets.py   what it must be, benchtables.py all of it as tables
    performance.py  these for people: the page, CSV, the plot
    figures.py   what the tree keeps of it, and what is worse

    row.py       a behaviour: a row of ../behaviours/
    steps.py     the kinds of steps that it is made of
    trial.py     one row being tried: its guest, and what was seen
    session.py   the guest's shell that steps type at, hostdir.py the host's
    compare.py   what was expected beside what was seen
    facts.py     what a kernel and kmod are, and what rows ask of them
    record.py    what a row's last green run showed
    table.py     the verdicts on a terminal
    messages.py  finding whose words a line has

    __main__.py  the commands: tour.py make demo, shell.py make shell, check.py make check,
                 testrun.py make test and make behaviours, pages.py make docs,
                 matrix.py make kernels and make matrix, soak.py make soak,
                 coverage.py and gcov.py make coverage, explain.py make explain,
                 bench.py make bench and make bench-check
"""
