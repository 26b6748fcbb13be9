# SPDX-License-Identifier: GPL-2.0
"""A guest: booted on a kernel with our modules installed, asked, and ended."""

import errno
import time
from collections.abc import Callable
from pathlib import Path

from ..host import cpio
from ..host.errors import HarnessError
from . import clock, klog, qemu
from .agent import COMMAND_TIMEOUT, Agent, Job, Result
from .firmware import Firmware
from .klog import LogRecord
from .places import GUEST_DIR
from .recipe import Parts

# Of the two names that this number has, Python prefers the one that the kernel does not use.
_ERRNO_NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}


class VM:
    """A booted guest. Use it as a context manager, or close() it.

    `append` goes to the kernel's command line, `files` (path to content) into its root; with
    `firmware` it boots through UEFI; with `memory_file` it can be saved (snapshot.py). One that was
    `saved` goes on from there: nothing of these can be given to it.
    Raises GuestError where the agent does not answer within `boot_timeout` seconds, by default
    those of `parts`.
    """

    def __init__(self, parts: Parts, append: str = "", boot_timeout: float | None = None,
                 files: dict[str, bytes] | None = None, firmware: Firmware | None = None,
                 memory_file: Path | None = None, saved: qemu.Saved | None = None) -> None:
        self.parts = parts
        self._log_end = 0
        extra = cpio.newc({path: (0o755, data) for path, data in (files or {}).items()})
        began = time.monotonic()
        kernel = parts.kernel
        machine = qemu.Machine(kernel.architecture, parts.accelerator, kernel.processors,
                               parts.memory, firmware.chips if firmware else (),
                               memory_file)
        words = (kernel.arguments, parts.arguments,
                 clock.arguments(kernel, parts.accelerator), append)
        self.qemu = qemu.Qemu(machine, saved or qemu.Boot(
            kernel.image, (parts.overlay, extra, parts.initramfs.read_bytes()), " ".join(words)))
        self._agent = Agent(self.qemu.to_guest, self.qemu.from_guest, self.qemu.shared,
                            self.qemu.tail, self.qemu.clock, kernel.patience,
                            kernel.architecture.doubled)
        try:
            if saved:
                self._agent.ask_for_hello()
            self._agent.hello(parts.boot_timeout if boot_timeout is None else boot_timeout)
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
            if self.parts.at_close:
                self.parts.at_close(self)
        finally:
            self.qemu.stop()

    @property
    def shares_memory(self) -> bool:
        """Whether what is long goes in and out by shared memory; else all goes by a slow port."""
        return self._agent.half > 0

    def start(self, *argv: str, pty: bool = False,
              write: Callable[[bytes], None] | None = None) -> Job:
        """Start a command and leave it running, on a terminal of its own if `pty` is set.

        Its stdout goes to `write` as it comes, or else is kept for the job's methods.

        Raises GuestError where the guest is gone.
        """
        return self._agent.start(argv, pty, write)

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

    def log(self, since: int = 0) -> list[LogRecord]:
        """Return the kernel log from record number `since` on."""
        records = klog.records(self.run(f"{GUEST_DIR}/agent", "kmsg", str(since), check=True).out)
        if records:
            self._log_end = max(self._log_end, records[-1].seq + 1)
        return records

    def await_log(self, pattern: str, since: int, timeout: float = COMMAND_TIMEOUT) -> LogRecord:
        """Wait until the kernel log, from record number `since` on, has a match; return the record.

        Raises GuestError where none comes in time.
        """
        job = self.start(f"{GUEST_DIR}/agent", "follow", str(since))
        try:
            return klog.record(job.expect(klog.matching(pattern), timeout))
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
