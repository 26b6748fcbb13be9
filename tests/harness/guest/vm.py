# SPDX-License-Identifier: GPL-2.0
"""A guest: booted on a kernel with our modules installed, asked, and ended."""

import errno
import functools
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from ..host import cache, cpio
from ..host.errors import GuestError, HarnessError
from ..host.paths import TOP
from ..host.progress import step
from ..host.system import boot_id
from ..kernels import build, kernel
from . import clock, helpers, otherkmod, qemu, small
from .agent import Agent, Job, Lost, Result
from .firmware import Firmware
from .places import FIXTURES_DIR, GUEST_DIR, SUITE_DIR

# A guest under emulation on a busy host takes seconds; one that takes longer never comes.
BOOT_TIMEOUT = 60.0
COMMAND_TIMEOUT = 30.0
_KVM_TIMEOUT = 8.0

_LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
# Of the two names that this number has, Python prefers the one that the kernel does not use.
_ERRNO_NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}

T = TypeVar("T")

# Called with each guest before it is ended.
at_close: list[Callable[["VM"], None]] = []


@dataclass(frozen=True)
class Parts:
    """What guests are made of: a kernel, its userland, and what is laid over it.

    `kmod` is another than that userland's, if any;
    `arguments` are those that the kernel needs for that userland, `memory` is QEMU's -m,
    `boot_timeout` the seconds within which its agent answers.
    """

    kernel: kernel.Kernel
    initramfs: Path
    overlay: bytes
    accelerator: str
    kmod: Path | None = None
    arguments: str = ""
    memory: str = qemu.MEMORY
    boot_timeout: float = BOOT_TIMEOUT

    @property
    def suite_dir(self) -> str:
        """Where the guest has the three modules."""
        return f"/lib/modules/{self.kernel.release}/{SUITE_DIR}"


@functools.cache
def parts(kern: kernel.Kernel, kmod: Path | None = None, fixtures: bool = True) -> Parts:
    """Get or build all that a guest needs, the modules in tests/modules/ if asked; once a run.

    `kmod` is a program that takes the place of the userland's.

    Raises HarnessError where something cannot be had or built.
    """
    initramfs = otherkmod.into(small.initramfs(kern.userland), kmod)
    without_overlay = Parts(kern, initramfs, b"", "tcg", kmod)
    made = replace(without_overlay, overlay=_overlay(kern, fixtures))
    return replace(made, accelerator=_accelerator(made))


def _overlay(kern: kernel.Kernel, fixtures: bool) -> bytes:
    """Return what is laid over the userland: what any guest has, and its first program."""
    init = (TOP / "tests/guest/init").read_bytes()
    return cpio.newc({**installed(kern, fixtures), "/init": (0o755, init)})


@functools.cache
def installed(kern: kernel.Kernel, fixtures: bool = True) -> cpio.Files:
    """Return what any guest has of ours: the agent, the modules, and their configuration.

    Raises HarnessError where that cannot be built.
    """
    modules = f"/lib/modules/{kern.release}"
    files = {"/etc/modprobe.d/taskmods.conf": (0o644, TOP / "modprobe.d/taskmods.conf")}
    for path in helpers.built():
        files[f"{GUEST_DIR}/{path.name}"] = (0o755, path)
    for path in build.suite(kern):
        files[f"{modules}/{SUITE_DIR}/{path.name}"] = (0o644, path)
    for path in kern.modules.glob("modules.*"):
        files[f"{modules}/{path.name}"] = (0o644, path)
    for path in build.fixtures(kern).values() if fixtures else ():
        files[f"{FIXTURES_DIR}/{path.name}"] = (0o644, path)
    return {name: (mode, path.read_bytes()) for name, (mode, path) in files.items()}


def _accelerator(candidate: Parts) -> str:
    """Return "kvm" where a guest has booted under it since the host's boot, else "tcg"."""
    answer = cache.root() / "accelerator"
    try:
        with open("/dev/kvm", "r+b"):
            pass
    except OSError:
        return "tcg"
    try:
        boot, known = answer.read_text(encoding="ascii").split()
        if boot == boot_id():
            return known
    except (FileNotFoundError, ValueError):
        pass
    with step("Trying whether a guest boots under KVM"):
        try:
            VM(replace(candidate, accelerator="kvm"), boot_timeout=_KVM_TIMEOUT).close()
            found = "kvm"
        except GuestError:
            found = "tcg"
    with suppress(OSError):
        answer.write_text(f"{boot_id()} {found}\n", encoding="ascii")
    return found


@dataclass(frozen=True)
class Module:
    """A line of /proc/modules."""

    size: int
    refcnt: int
    users: tuple[str, ...]
    state: str
    taint: str


@dataclass(frozen=True)
class LogRecord:
    """A record of the kernel log."""

    seq: int
    level: int
    text: str

    def __str__(self) -> str:
        """Return it as `dmesg -x` shows it, without the time."""
        return f"kern  :{_LEVELS[self.level]:6}: {self.text}"


class VM:
    """A booted guest. Use it as a context manager, or close() it.

    `append` goes to the kernel's command line, `files` (path to content) into its root; with
    `firmware` it boots through UEFI; with `memory_file` it can be saved (snapshot.py). One that was
    `saved` goes on from there: nothing of these can be given to it.
    Raises GuestError where the agent does not answer within `boot_timeout` seconds, by default
    those of `parts_`.
    """

    def __init__(self, parts_: Parts, append: str = "", boot_timeout: float | None = None,
                 files: dict[str, bytes] | None = None, firmware: Firmware | None = None,
                 memory_file: Path | None = None, saved: qemu.Saved | None = None) -> None:
        self.parts = parts_
        self._log_end = 0
        extra = cpio.newc({path: (0o755, data) for path, data in (files or {}).items()})
        began = time.monotonic()
        self.qemu = qemu.Qemu(parts_.kernel.image, parts_.initramfs, parts_.overlay + extra,
                              parts_.accelerator,
                              " ".join((parts_.kernel.arguments, parts_.arguments,
                                        clock.arguments(parts_.accelerator), append)),
                              parts_.memory, firmware.chips if firmware else (), saved,
                              memory_file)
        self._agent = Agent(self.qemu.to_guest, self.qemu.from_guest, self.qemu.shared,
                            parts_.kernel.patience)
        if saved:
            self._agent.ask_for_hello()
        try:
            self._explain(lambda: self._agent.hello(
                parts_.boot_timeout if boot_timeout is None else boot_timeout))
        except BaseException:
            self.qemu.stop()
            raise
        self.boot_seconds = time.monotonic() - began

    def __enter__(self) -> "VM":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the guest."""
        try:
            for look in at_close:
                look(self)
        finally:
            self.qemu.stop()

    @property
    def shares_memory(self) -> bool:
        """Whether what is long goes in and out by shared memory; else all goes by a slow port."""
        return self._agent.half > 0

    def _explain(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except Lost as lost:
            raise GuestError(f"{lost}; {self.qemu.tail()}") from lost

    def start(self, *argv: str, pty: bool = False,
              write: Callable[[bytes], None] | None = None) -> "GuestJob":
        """Start a command and leave it running, on a terminal of its own if `pty` is set.

        Its stdout goes to `write` as it comes, or else is kept for the job's methods.

        Raises GuestError where the guest is gone.
        """
        return GuestJob(self, self._explain(lambda: self._agent.start(argv, pty, write)))

    def run(self, *argv: str, stdin: bytes = b"", timeout: float = COMMAND_TIMEOUT,
            check: bool = False) -> Result:
        """Run a command to its end and return how it ended.

        Raises GuestError where the guest is gone or the time is up, HarnessError where `check` is
        set and the exit status is not 0.
        """
        job = self.start(*argv)
        if stdin:
            job.send(stdin)
        job.end_input()
        result = job.wait(timeout)
        if check and result.status:
            raise HarnessError(f"in the guest, {' '.join(argv)} failed with status "
                               f"{result.status}: {result.err.strip()}")
        return result

    def sh(self, script: str, timeout: float = COMMAND_TIMEOUT) -> str:
        """Run a shell script, which must succeed; return its standard output."""
        return self.run("sh", "-ec", script, timeout=timeout, check=True).out

    def call(self, name: str, *arguments: str, timeout: float = COMMAND_TIMEOUT) -> str:
        """Make a raw module system call; return its errno's name, or "0" for success."""
        out = self.run(f"{GUEST_DIR}/agent", name, *arguments, timeout=timeout, check=True).out
        number = int(out)
        return _ERRNO_NAMES.get(number, str(number))

    def read(self, path: str) -> str:
        """Return what a file of the guest holds; bytes that are not UTF-8 as surrogates."""
        return self.run("cat", path, check=True).out

    def write(self, path: str, content: bytes) -> None:
        """Make a file in the guest."""
        self.run("sh", "-c", 'cat > "$0"', path, stdin=content, timeout=120, check=True)

    def save(self, state: Path) -> None:
        """Save the guest, and end it; its memory file has the rest.

        Raises HarnessError where that fails.
        """
        # It is not closed: who looks at a guest before it ends would find that it stands still.
        try:
            self.qemu.save(state)
        finally:
            self.qemu.stop()

    def modules(self) -> dict[str, Module]:
        """Return what is in /proc/modules."""
        found = {}
        for line in self.read("/proc/modules").splitlines():
            name, size, refcnt, users, state, _, *taint = line.split()
            names = tuple(user for user in users.split(",") if user not in ("", "-"))
            # After the taint stands + or - where the module comes or goes.
            found[name] = Module(int(size), int(refcnt), names, state, "".join(taint).strip("()+-"))
        return found

    def log(self, since: int = 0) -> list[LogRecord]:
        """Return the kernel log from record number `since` on."""
        records = []
        out = self.run(f"{GUEST_DIR}/agent", "kmsg", str(since), check=True).out
        for line in out.splitlines():
            match = re.match(r"(\d+),(\d+),\d+,[^;]*;(.*)", line)
            if match:
                priority, seq, text = match.groups()
                records.append(LogRecord(int(seq), int(priority) & 7, text))
        if records:
            self._log_end = max(self._log_end, records[-1].seq + 1)
        return records

    def await_log(self, pattern: str, since: int, timeout: float = COMMAND_TIMEOUT) -> LogRecord:
        """Wait until the kernel log, from record number `since` on, has a match; return the record.

        Raises GuestError where none comes in time.
        """
        job = self.start(f"{GUEST_DIR}/agent", "follow", str(since))
        try:
            found = job.expect(rf"(?m)^(\d+),(\d+),\d+,[^;]*;(.*(?:{pattern}).*)\n", timeout)
            return LogRecord(int(found[2]), int(found[1]) & 7, found[3])
        finally:
            job.kill()
            job.wait()

    @property
    def log_seen(self) -> int:
        """The number of the first record of the kernel log that nobody has asked for yet."""
        return self._log_end

    def log_end(self) -> int:
        """Return the number that the next record of the kernel log will have."""
        # A log may be long, and the port is slow: ask for what is new alone.
        self.log(self._log_end)
        return self._log_end


class GuestJob:
    """A command that runs in a guest; its errors show the guest's console."""

    def __init__(self, vm: VM, job: Job) -> None:
        self._vm = vm
        self._job = job

    @property
    def pid(self) -> int:
        """Its process id in the guest."""
        return self._job.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._job.status is not None

    def expect(self, pattern: str, timeout: float = COMMAND_TIMEOUT) -> re.Match[str]:
        """Wait until its stdout holds `pattern`, a regular expression; return the first match.

        Raises GuestError where it ends, or the time is up, without it.
        """
        return self._vm._explain(lambda: self._job.expect(pattern, timeout))

    def send(self, data: bytes) -> None:
        """Write to its stdin.

        Raises GuestError where the guest does not take in time what is long.
        """
        self._vm._explain(lambda: self._job.send(data))

    def end_input(self) -> None:
        """Close its stdin."""
        self._job.end_input()

    def kill(self, signum: int = signal.SIGKILL) -> None:
        """Send a signal to its process group."""
        self._job.kill(signum)

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of its terminal."""
        self._job.resize(rows, columns)

    def wait(self, timeout: float = COMMAND_TIMEOUT) -> Result:
        """Wait for its end.

        Raises GuestError where the guest is gone or the time is up.
        """
        return self._vm._explain(lambda: self._job.wait(timeout))

    def finish(self, timeout: float = COMMAND_TIMEOUT) -> Result:
        """Close its stdin, which is what our own programs end by, and wait for its end."""
        self.end_input()
        return self.wait(timeout)
