# SPDX-License-Identifier: GPL-2.0
"""What differs by the kind of processor, as data: nothing else in the bench asks which it is."""

import platform
from dataclasses import dataclass, field, replace

from ..host.errors import HarnessError


@dataclass(frozen=True)
class Chips:
    """UEFI firmware of the Debian package `package`: the files with its code and its variables."""

    package: str
    code: str
    variables: str


@dataclass(frozen=True)
class Architecture:
    """A kind of processor: its names, what is built for it, and the machine that QEMU makes of it.

    `name` is Debian's, `machine` what uname -m says, `source` its directory in the kernel's arch/,
    `triplet` what its compiler is called by, and its libraries' directory, unless `libraries` is.

    `loader` is what runs its programs, `image` how a kernel's file is called in /boot, and `target`
    and `built` what make is told to build such a file, and where that is then.

    `qemu` is the program, of the Debian package `qemu_package`, or of the first of several joined
    by | that there is; `board` and `ports` are its words
    for the machine, and for its two ports, which have the character devices console and agent;
    `memory` those for a device that shares the memory of that name, where its guests can use one;
    `accelerators` those for the ways to run it, with what run_by() fills in. The guest finds the
    ports as `console` and `agent`, and `arguments` is what its kernel is told besides. `doubled`
    are the bytes that reach the agent only where they come twice, as its port takes them for a
    sign. Where its port `is_console`, too, nothing is said on consoles while it runs. `patience` is
    how many times as long guests may take as where they are fast, and `saves` whether QEMU can
    save one and go on.

    `early_clock` is what tells a kernel the speed of a clock that it shares with the host, if there
    is such a clock: in {khz}, and in {tick} by the timer's tick, which a kernel that waits counts
    by; `trace_clock` is the tracer's clock that counts processor cycles. A host that `has_counter`,
    x86's time stamp counter, has QEMU show that; others have it count nanoseconds in its place.

    A QEMU older than `fresh` may go on running code that is no longer there, where its memory was
    given to other code.

    `firmware` is what starts it instead of QEMU's own, with a store of variables, if the bench
    knows one.

    `is_program` is set where a kernel of it is a program of this host's: there is no machine then.
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
    early_clock: str = ""
    trace_clock: str = "mono"
    has_counter: bool = False
    libraries: str = ""
    memory: tuple[str, ...] = ("-device", "ivshmem-plain,memdev=shared,master=on")
    doubled: bytes = b""
    is_console: bool = False
    patience: float = 1
    saves: bool = True
    fresh: tuple[int, ...] = ()
    firmware: Chips | None = None
    is_program: bool = False

    @property
    def is_host(self) -> bool:
        """Whether this host is one, and runs its programs."""
        return self.machine == platform.machine()

    @property
    def make_options(self) -> tuple[str, ...]:
        """What a kernel's makefiles are told so that they build for it here."""
        if self.is_program:
            return (f"ARCH={self.source}",)
        if self.is_host:
            return ()
        return (f"ARCH={self.source}", f"CROSS_COMPILE={self.triplet}-")

    @property
    def compiler_package(self) -> str:
        """The Debian package of a compiler for it, where this host is another."""
        return f"gcc-{self.triplet.replace('_', '-')}"

    @property
    def cross_packages(self) -> tuple[str, ...]:
        """The Debian packages that its guests take on a host that is another."""
        return self.qemu_package, self.compiler_package, f"libc6-dev-{self.name}-cross"

    @property
    def library_directory(self) -> str:
        """How the directory is called in which its libraries are."""
        return self.libraries or self.triplet

    def run_by(self, accelerator: str, processors: int) -> tuple[str, ...]:
        """Return QEMU's words for one of the ways to run it, with so many processors."""
        # One thread emulates both of two: a guest boots as fast as with one for each, and takes
        # less of the host, which runs several. More are asked for where they race each other.
        thread = "single" if processors <= 2 else "multi"
        return tuple(word.format(thread=thread, processors=processors)
                     for word in self.accelerators[accelerator])

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
            "kvm": ("-accel", "kvm", "-cpu", "host", "-smp", "{processors}"),
            "tcg": ("-accel", "tcg,thread={thread}", "-cpu", "max", "-smp", "{processors}"),
            # The guest's clock counts instructions: a nanosecond for each. A string instruction
            # counts once for each piece that it moves: without erms the kernel moves eight bytes
            # at a time.
            "icount": ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "max,-erms,-fsrm",
                       "-smp", "1"),
        },
        console="ttyS0", agent="ttyS1",
        # An emulated clock is as it is; the kernel need not test it at boot.
        arguments="no_timer_check tsc=reliable",
        early_clock="tsc_early_khz={khz} lpj={tick}", trace_clock="x86-tsc", has_counter=True,
        firmware=Chips("ovmf", "OVMF/OVMF_CODE_4M.fd", "OVMF/OVMF_VARS_4M.fd")),
    Architecture(
        "arm64", "aarch64", "arm64", "aarch64-linux-gnu", "ld-linux-aarch64.so.1",
        image="vmlinuz", target="Image", built="arch/arm64/boot/Image",
        qemu="qemu-system-aarch64", qemu_package="qemu-system-arm",
        board=("-machine", "virt"),
        ports=("-serial", "chardev:console", "-device", "pci-serial,chardev=agent"),
        accelerators={
            "kvm": ("-accel", "kvm", "-cpu", "host",
                    "-smp", "{processors}", "-machine", "gic-version=host"),
            # It takes long to emulate how this processor signs pointers; impdef is a quick way.
            "tcg": ("-accel", "tcg,thread={thread}", "-cpu", "max,pauth-impdef=on",
                    "-smp", "{processors}"),
            "icount": ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu",
                       "max,pauth-impdef=on", "-smp", "1"),
        },
        console="ttyAMA0", agent="ttyS0", arguments="", patience=2,
        firmware=Chips("qemu-efi-aarch64", "AAVMF/AAVMF_CODE.fd", "AAVMF/AAVMF_VARS.fd")),
    Architecture(
        "i386", "i686", "x86", "i686-linux-gnu", "ld-linux.so.2", libraries="i386-linux-gnu",
        image="vmlinuz", target="bzImage", built="arch/x86/boot/bzImage",
        qemu="qemu-system-i386", qemu_package="qemu-system-x86", board=("-machine", "pc"),
        ports=("-serial", "chardev:console", "-serial", "chardev:agent"),
        accelerators={
            # The processor that QEMU takes for the best was not made for two in a machine.
            "tcg": ("-accel", "tcg,thread={thread}", "-cpu", "max,vendor=GenuineIntel",
                    "-smp", "{processors}"),
            "icount": ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu",
                       "max,vendor=GenuineIntel,-erms,-fsrm", "-smp", "1"),
        },
        console="ttyS0", agent="ttyS1", arguments="no_timer_check tsc=reliable",
        early_clock="tsc_early_khz={khz} lpj={tick}", trace_clock="x86-tsc", has_counter=True),
    Architecture(
        "ppc64el", "ppc64le", "powerpc", "powerpc64le-linux-gnu", "ld64.so.2",
        image="vmlinux", target="vmlinux", built="vmlinux",
        qemu="qemu-system-ppc64", qemu_package="qemu-system-ppc", board=("-machine", "pseries"),
        ports=("-serial", "chardev:console", "-serial", "chardev:agent"),
        accelerators={
            "tcg": ("-accel", "tcg,thread={thread}", "-cpu", "power9", "-smp", "{processors}"),
            "icount": ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "power9",
                       "-smp", "1"),
        },
        # In QEMU 7.2 and 10.0 one that was saved goes on without the timer of a processor.
        console="hvc0", agent="hvc1", arguments="", patience=2, saves=False),
    Architecture(
        "riscv64", "riscv64", "riscv", "riscv64-linux-gnu", "ld-linux-riscv64-lp64d.so.1",
        image="vmlinux", target="Image", built="arch/riscv/boot/Image",
        qemu="qemu-system-riscv64", qemu_package="qemu-system-riscv|qemu-system-misc",
        board=("-machine", "virt"),
        ports=("-serial", "chardev:console", "-device", "pci-serial,chardev=agent"),
        accelerators={
            "tcg": ("-accel", "tcg,thread={thread}", "-cpu", "rv64", "-smp", "{processors}"),
            "icount": ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "rv64",
                       "-smp", "1"),
        },
        # In QEMU 7.2 a timer may be lost where one that was saved goes on.
        console="ttyS0", agent="ttyS1", arguments="", patience=2, saves=False),
    Architecture(
        "s390x", "s390x", "s390", "s390x-linux-gnu", "ld64.so.1",
        image="vmlinuz", target="bzImage", built="arch/s390/boot/bzImage",
        qemu="qemu-system-s390x", qemu_package="qemu-system-s390x|qemu-system-misc",
        board=("-machine", "s390-ccw-virtio"),
        # Its two kinds of console, of which that for whole screens alone takes any byte: but two
        # of those that are Ctrl-O, which asks the kernel for something, for one.
        ports=("-device", "sclplmconsole,chardev=console", "-device", "sclpconsole,chardev=agent"),
        doubled=b"\x0f", is_console=True,
        accelerators={
            "tcg": ("-accel", "tcg,thread={thread}", "-cpu", "max", "-smp", "{processors}"),
            "icount": ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "max", "-smp", "1"),
        },
        # Programs do not map what its PCI devices have.
        memory=(), console="ttyS0", agent="ttysclp0",
        # What consoles were not told while it ran, a kernel that panics tells.
        # QEMU 7.2 is known to run old code, 10.0 not to. A guest that was saved hangs in both.
        arguments="panic_print=32", patience=3, saves=False, fresh=(10,)),
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


def user_mode() -> Architecture:
    """Return that of user-mode Linux, whose kernel is a program that this host's processor runs.

    Raises HarnessError where the bench does not know this host's.
    """
    return replace(host(), source="um", image="linux", target="linux", built="linux",
                   is_program=True)
