# SPDX-License-Identifier: GPL-2.0
"""One QEMU process: a machine with two ports, the console and the agent's, and memory that its
guest shares with us.

All it needs from us are open files without a name, so that nothing is left behind however the run
ends; and the process dies with ours.
"""

import mmap
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..host.errors import GuestError, HarnessError
from ..host.run import run
from ..kernels.architectures import Architecture
from . import trouble
from .monitor import Monitor

# What the kernel is told, whatever else: any oops or warning ends the guest, and that ends QEMU.
# norandmaps: under emulation a program starts in a third of the time where it was before.
# noirqdebug: a PREEMPT_RT kernel serves serial ports by a thread, takes what an emulated one asks
# for meanwhile for nobody's interrupts, and after a hundred thousand of them serves it no more.
# taskmods.agent: the agent reads there which port is its own.
COMMAND_LINE = ("console={console} taskmods.agent=/dev/{agent} loglevel=7 log_buf_len=4M panic=-1 "
                "oops=panic panic_on_warn=1 norandmaps noirqdebug")
# Enough for a small guest, whose root is in it.
MEMORY = "768M"
# A piece each way: what a test moves at a time is seldom more. A power of two, as it is a PCI BAR.
_SHARED_BYTES = 4 << 20
# UEFI firmware clears the screen, which is not for the terminal that we are shown on.
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;=?]*[A-Za-z]")


def is_fresh(architecture: Architecture) -> bool:
    """Return whether the architecture's QEMU never runs code that is no longer there.

    Raises HarnessError where it does not tell its version.
    """
    if not architecture.fresh:
        return True
    said = run([architecture.qemu, "--version"], f"ask {architecture.qemu} for its version")
    return tuple(map(int, re.findall(r"\d+", said.partition("version ")[2])[:2])) \
        >= architecture.fresh


@dataclass(frozen=True)
class Machine:
    """What runs a guest: how, on how many processors, with how much memory (as QEMU's -m has it),
    and from what.

    It starts from what its flash chips hold, if there is any, else from QEMU's own BIOS. With
    `memory_file` that has its memory, and it can be saved.
    """

    architecture: Architecture
    accelerator: str
    processors: int
    memory: str = MEMORY
    flash: tuple[bytes, ...] = ()
    memory_file: Path | None = None


@dataclass(frozen=True)
class Boot:
    """A kernel to boot, the archives that its root is unpacked from, and what it is told."""

    image: Path
    archives: tuple[bytes, ...]
    append: str = ""


@dataclass(frozen=True)
class Saved:
    """A machine as it was at one moment: its memory, and the state of all else, in a file each."""

    memory: IO[bytes]
    state: IO[bytes]


class _CommandLine:
    """QEMU's words, and the open files that they name, for as long as it takes to start it."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.fds: list[int] = []
        self._ours: list[IO[bytes] | socket.socket] = []

    def __enter__(self) -> "_CommandLine":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._ours:
            file.close()

    def add(self, *words: str) -> None:
        self.words += words

    def pass_on(self, file: IO[bytes] | socket.socket) -> int:
        """Have QEMU inherit an open file; return its number there."""
        self.fds.append(file.fileno())
        return file.fileno()

    def give(self, file: IO[bytes] | socket.socket) -> int:
        """Have QEMU take over an open file; return its number there."""
        self._ours.append(file)
        return self.pass_on(file)

    def hold(self, *parts: bytes) -> str:
        """Return the path of a file without a name, with that content."""
        file = tempfile.TemporaryFile()
        file.writelines(parts)
        file.flush()
        return f"/dev/fd/{self.give(file)}"

    def back(self, name: str, path: str, size: str, share: str) -> None:
        """Give the machine a file for memory; what it writes is in that if shared."""
        self.add("-object",
                 f"memory-backend-file,id={name},share={share},size={size},mem-path={path}")

    def back_all(self, path: str, size: str, share: str) -> None:
        """Give the machine a file for all of its own memory."""
        self.back("ram", path, size, share)
        self.add("-machine", "memory-backend=ram,suppress-vmdesc=on")


class Qemu:
    """A running machine; its console is kept, and the agent's port is stdin and stdout.

    It boots, or goes on as it was saved.
    `shared` is memory that most guests have as a PCI device, which needs no driver: a port takes a
    byte at a time, and each costs an emulated processor some thousand instructions.
    Raises HarnessError where QEMU cannot be started.
    """

    def __init__(self, machine: Machine, start: Boot | Saved) -> None:
        architecture = machine.architecture
        if not shutil.which(architecture.qemu):
            raise HarnessError(f"cannot start a VM: {architecture.qemu} is not installed")
        self._console = tempfile.TemporaryFile()
        self._stderr = tempfile.TemporaryFile()
        with _CommandLine() as line:
            line.add("setpriv", "--pdeathsig", "KILL", "prlimit", "--core=0", architecture.qemu,
                     *architecture.board,
                     *architecture.run_by(machine.accelerator, machine.processors),
                     "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
                     "-m", machine.memory)
            self._add_ports(line, architecture)
            self._add_shared_memory(line, architecture)
            for chip in machine.flash:
                line.add("-drive", f"if=pflash,format=raw,file={line.hold(chip)}")
            if isinstance(start, Saved):
                _go_on(line, start, machine.memory)
            else:
                _boot(line, start, architecture)
            if machine.memory_file:
                line.back_all(str(machine.memory_file), machine.memory, "on")
            if machine.memory_file or isinstance(start, Saved):
                self._monitor, theirs = socket.socketpair()
                line.add("-chardev", f"socket,id=monitor,fd={line.give(theirs)}",
                         "-mon", "chardev=monitor,mode=control")
            # A session of its own: a Ctrl-C is ours to act on, also when it is meant for the guest.
            self._process = subprocess.Popen(line.words, stdin=subprocess.PIPE, bufsize=0,
                                             stdout=subprocess.PIPE, stderr=self._stderr,
                                             pass_fds=line.fds, start_new_session=True)
        if isinstance(start, Saved):
            self._await_running()

    def _add_ports(self, line: _CommandLine, architecture: Architecture) -> None:
        line.add("-chardev", f"file,id=console,path=/dev/fd/{line.pass_on(self._console)}",
                 "-chardev", "stdio,id=agent,signal=off", *architecture.ports)

    def _add_shared_memory(self, line: _CommandLine, architecture: Architecture) -> None:
        file = open(os.memfd_create("taskmods"), "r+b", buffering=0)
        number = line.give(file)
        file.truncate(_SHARED_BYTES)
        self.shared = mmap.mmap(number, _SHARED_BYTES)
        if architecture.memory:
            line.back("shared", f"/dev/fd/{number}", str(_SHARED_BYTES), "on")
            line.add(*architecture.memory)

    def _await_running(self) -> None:
        """Wait until it goes on: until then what is sent to its ports is lost."""
        try:
            with Monitor(self._monitor) as monitor:
                monitor.await_running()
        except BaseException as error:
            self.stop()
            if isinstance(error, HarnessError):
                raise GuestError(f"{error}; {self.tail()}") from error
            raise

    def save(self, state: Path) -> None:
        """Stop the machine for good, and write what its memory file does not have to `state`.

        Raises HarnessError where that fails.
        """
        with Monitor(self._monitor) as monitor:
            monitor.ask("stop")
            # Xen is not needed: it is the one command that leaves out the memory, which Xen saves.
            monitor.ask("xen-save-devices-state", filename=str(state))

    @property
    def pid(self) -> int:
        """QEMU's process id."""
        return self._process.pid

    def clock(self) -> float:
        """Return the host's time in seconds, less what this machine waited for a processor.

        A busy host makes it slow, and that is nobody's fault. Where the host does not tell, it is
        the host's time.
        """
        waited = [0]
        for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat"):
            with suppress(OSError, IndexError):
                waited.append(int(path.read_text(encoding="ascii").split()[1]))
        # Of its threads, that which waited longest: some wait at the same time.
        return time.monotonic() - max(waited) / 1e9

    @property
    def to_guest(self) -> IO[bytes]:
        """What is written here arrives at the agent's port."""
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def from_guest(self) -> IO[bytes]:
        """What the agent's port sent, for its reader to close; at its end QEMU has ended."""
        assert self._process.stdout is not None
        return self._process.stdout

    def console(self) -> str:
        """Return all that the guest wrote to its console, and QEMU to its standard error."""
        text = b""
        for file in (self._console, self._stderr):
            size = os.fstat(file.fileno()).st_size
            text += os.pread(file.fileno(), size, 0)
        return _TERMINAL_CODES.sub("", text.decode(errors="replace").replace("\r", ""))

    def tail(self) -> str:
        """Return the last lines of the console, to show with a failure."""
        return trouble.tail(self.console())

    def stop(self) -> None:
        """End the process, and wait until it has."""
        self._process.kill()
        self._process.wait()
        self.to_guest.close()


def _boot(line: _CommandLine, start: Boot, architecture: Architecture) -> None:
    words = COMMAND_LINE.format(console=architecture.console, agent=architecture.agent)
    # The kernel unpacks one archive after the other; lz4's does not say where it ends.
    line.add("-kernel", str(start.image), "-initrd", line.hold(*start.archives),
             "-append", f"{words} {architecture.arguments} {start.append}".strip())


def _go_on(line: _CommandLine, start: Saved, memory: str) -> None:
    # The state is opened anew: how far one has read is not for the next.
    state = line.give(open(f"/dev/fd/{start.state.fileno()}", "rb"))
    line.back_all(f"/dev/fd/{line.pass_on(start.memory)}", memory, "off")
    line.add("-incoming", f"fd:{state}", "-global", "migration.send-configuration=off")
