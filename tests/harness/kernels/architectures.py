# SPDX-License-Identifier: GPL-2.0
"""What differs by the kind of processor, as data: nothing else in the bench asks which it is."""

import platform
from dataclasses import dataclass, field

from ..host.errors import HarnessError


@dataclass(frozen=True)
class Architecture:
    """A kind of processor: its names, what is built for it, and the machine that QEMU makes of it.

    `name` is Debian's, `machine` what uname -m says, `source` its directory in the kernel's arch/,
    `triplet` what its compiler and its libraries' directory are called by.

    `loader` is what runs its programs, `image` how a kernel's file is called in /boot, and `target`
    and `built` what make is told to build such a file, and where that is then.

    `qemu` is the program, of the Debian package `qemu_package`; `board` and `ports` are its words
    for the machine, and for its two ports, which have the character devices console and agent;
    `accelerators` those for the ways to run it. The guest finds the ports as `console` and `agent`,
    and `arguments` is what its kernel is told besides.

    `early_clock` is what tells a kernel the speed of a clock that it shares with the host, if there
    is such a clock: in {khz}, and in {tick} by the timer's tick, which a kernel that waits counts
    by; `trace_clock` is the tracer's clock that counts processor cycles.
    """

    name: str
    machine: str
    source: str
    triplet: str
    loader: str
    image: str
    target: str
    built: str
    qemu: str
    qemu_package: str
    board: tuple[str, ...]
    ports: tuple[str, ...]
    accelerators: dict[str, tuple[str, ...]] = field(hash=False)
    console: str
    agent: str
    arguments: str
    early_clock: str
    trace_clock: str

    @property
    def is_host(self) -> bool:
        """Whether this host is one, and runs its programs."""
        return self.machine == platform.machine()

    @property
    def make_options(self) -> tuple[str, ...]:
        """What a kernel's makefiles are told so that they build for it here."""
        if self.is_host:
            return ()
        return (f"ARCH={self.source}", f"CROSS_COMPILE={self.triplet}-")

    @property
    def compiler_package(self) -> str:
        """The Debian package of a compiler for it, where this host is another."""
        return f"gcc-{self.triplet.replace('_', '-')}"

    def tool(self, name: str) -> str:
        """Return the name of the compiler, or of a tool of binutils, that makes its programs."""
        return f"{self.triplet}-{name}"


ARCHITECTURES = {one.name: one for one in (
    Architecture(
        "amd64", "x86_64", "x86", "x86_64-linux-gnu", "ld-linux-x86-64.so.2",
        image="vmlinuz", target="bzImage", built="arch/x86/boot/bzImage",
        qemu="qemu-system-x86_64", qemu_package="qemu-system-x86", board=("-machine", "pc"),
        ports=("-serial", "chardev:console", "-serial", "chardev:agent"),
        accelerators={
            "kvm": ("-accel", "kvm", "-cpu", "host", "-smp", "2"),
            # One thread for both CPUs: a guest boots as fast as with one for each, and takes less
            # of the host, which runs several.
            "tcg": ("-accel", "tcg,thread=single", "-cpu", "max", "-smp", "2"),
            # The guest's clock counts instructions: a nanosecond for each. A string instruction
            # counts once for each piece that it moves: without erms the kernel moves eight bytes
            # at a time.
            "icount": ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "max,-erms,-fsrm",
                       "-smp", "1"),
        },
        console="ttyS0", agent="ttyS1",
        # An emulated clock is as it is; the kernel need not test it at boot.
        arguments="no_timer_check tsc=reliable",
        early_clock="tsc_early_khz={khz} lpj={tick}", trace_clock="x86-tsc"),
)}


def host() -> Architecture:
    """Return the architecture of this host.

    Raises HarnessError where the bench does not know it.
    """
    machine = platform.machine()
    for one in ARCHITECTURES.values():
        if one.machine == machine:
            return one
    known = ", ".join(one.machine for one in ARCHITECTURES.values())
    raise HarnessError(f"this host is {machine}: the test bench knows {known}")
