# SPDX-License-Identifier: GPL-2.0
"""One QEMU process: a machine with two serial ports, the console and the agent's, and memory that
its guest shares with us.

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
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..host.errors import GuestError, HarnessError
from .monitor import Monitor

# What the kernel is told, whatever else: any oops or warning ends the guest, and that ends QEMU.
# norandmaps: under emulation a program starts in a third of the time where it was before.
# no_timer_check, tsc=reliable: an emulated clock is as it is; the kernel need not test it at boot.
# noirqdebug: a PREEMPT_RT kernel serves serial ports by a thread, takes what an emulated one asks
# for meanwhile for nobody's interrupts, and after a hundred thousand of them serves it no more.
COMMAND_LINE = ("console=ttyS0 loglevel=7 log_buf_len=4M panic=-1 oops=panic panic_on_warn=1 "
                "norandmaps no_timer_check tsc=reliable noirqdebug")
# Enough for a small guest, whose root is in it.
MEMORY = "768M"
# What begins the end of a kernel, on its console.
TROUBLE = re.compile(r"\[ cut here \]|WARNING:|BUG:|Oops|general protection fault[:,]|UBSAN|KASAN"
                     r"|refcount_t:|Kernel panic|rcu.*(stall|starved)|blocked for more than"
                     r"|soft lockup|hard LOCKUP|ODEBUG:|list_\w+ corruption"
                     r"|kmemleak: (\d+ new suspected|.* disabled)"
                     r"|turning off the locking correctness validator")
# A piece each way: what a test moves at a time is seldom more. A power of two, as it is a PCI BAR.
_SHARED_BYTES = 4 << 20
# UEFI firmware clears the screen, which is not for the terminal that we are shown on.
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;=?]*[A-Za-z]")
_TAIL_LINES = 25

_ACCELERATORS = {
    "kvm": ("-accel", "kvm", "-cpu", "host", "-smp", "2"),
    # One thread for both CPUs: a guest boots as fast as with one for each, and takes less of the
    # host, which runs several.
    "tcg": ("-accel", "tcg,thread=single", "-cpu", "max", "-smp", "2"),
    # The guest's clock counts instructions: a nanosecond for each. A string instruction counts once
    # for each piece that it moves: without erms the kernel moves eight bytes at a time.
    "icount": ("-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "max,-erms,-fsrm",
               "-smp", "1"),
}


def _backed(name: str, path: str, size: str, share: str) -> list[str]:
    return ["-object", f"memory-backend-file,id={name},share={share},size={size},mem-path={path}"]


def _backed_memory(path: str, size: str, share: str) -> list[str]:
    """Return what gives a machine a file for its memory; what it writes is in that if shared."""
    return [*_backed("ram", path, size, share), "-machine", "memory-backend=ram,suppress-vmdesc=on"]


def _holding(*parts: bytes) -> IO[bytes]:
    """Return an open file without a name, with that content."""
    file = tempfile.TemporaryFile()
    file.writelines(parts)
    file.flush()
    return file


@dataclass(frozen=True)
class Saved:
    """A machine as it was at one moment: its memory, and the state of all else, in a file each."""

    memory: IO[bytes]
    state: IO[bytes]


class Qemu:
    """A running machine; its console is kept, and its second serial port is stdin and stdout.

    It boots, from `flash`, what its flash chips hold, if there is any, else from QEMU's own BIOS;
    or it goes on as it was `saved`. With `memory_file` that has its memory, and it can be saved.
    `shared` is memory that the guest has as a PCI device, which needs no driver: a port takes a
    byte at a time, and each costs an emulated processor some thousand instructions.
    Raises HarnessError where QEMU cannot be started.
    """

    def __init__(self, image: Path, initramfs: Path, overlay: bytes, accelerator: str,
                 append: str = "", memory: str = MEMORY, flash: tuple[bytes, ...] = (),
                 saved: Saved | None = None, memory_file: Path | None = None) -> None:
        if not shutil.which("qemu-system-x86_64"):
            raise HarnessError("cannot start a VM: qemu-system-x86_64 is not installed")
        self._console = tempfile.TemporaryFile()
        with ExitStack() as stack:
            shared = stack.enter_context(open(os.memfd_create("taskmods"), "r+b", buffering=0))
            shared.truncate(_SHARED_BYTES)
            self.shared = mmap.mmap(shared.fileno(), _SHARED_BYTES)
            fds = [self._console.fileno(), shared.fileno()]

            def given(file: IO[bytes] | socket.socket) -> int:
                stack.push(file)
                fds.append(file.fileno())
                return fds[-1]

            argv = ["setpriv", "--pdeathsig", "KILL", "prlimit", "--core=0",
                    "qemu-system-x86_64", *_ACCELERATORS[accelerator],
                    "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
                    "-m", memory,
                    "-kernel", str(image), "-append", f"{COMMAND_LINE} {append}".strip(),
                    "-chardev", f"file,id=console,path=/dev/fd/{self._console.fileno()}",
                    "-serial", "chardev:console",
                    "-chardev", "stdio,id=agent,signal=off", "-serial", "chardev:agent",
                    *_backed("shared", f"/dev/fd/{shared.fileno()}", str(_SHARED_BYTES), "on"),
                    "-device", "ivshmem-plain,memdev=shared,master=on"]
            for chip in flash:
                argv += ["-drive", f"if=pflash,format=raw,file=/dev/fd/{given(_holding(chip))}"]
            if saved:
                fds.append(saved.memory.fileno())
                # Opened anew: how far one has read is not for the next.
                state = given(open(f"/dev/fd/{saved.state.fileno()}", "rb"))
                argv += [*_backed_memory(f"/dev/fd/{saved.memory.fileno()}", memory, "off"),
                         "-incoming", f"fd:{state}",
                         "-global", "migration.send-configuration=off"]
            else:
                # The kernel unpacks one archive after the other; lz4's does not say where it ends.
                initrd = _holding(overlay, initramfs.read_bytes())
                argv += ["-initrd", f"/dev/fd/{given(initrd)}"]
            if memory_file:
                argv += _backed_memory(str(memory_file), memory, "on")
            if saved or memory_file:
                self._monitor, theirs = socket.socketpair()
                argv += ["-chardev", f"socket,id=monitor,fd={given(theirs)}",
                         "-mon", "chardev=monitor,mode=control"]
            self._stderr = tempfile.TemporaryFile()
            # A session of its own: a Ctrl-C is ours to act on, also when it is meant for the guest.
            self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, bufsize=0,
                                             stdout=subprocess.PIPE, stderr=self._stderr,
                                             pass_fds=fds, start_new_session=True)
        if saved:
            self._await_running()

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

    @property
    def to_guest(self) -> IO[bytes]:
        """What is written here arrives at the second serial port."""
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def from_guest(self) -> IO[bytes]:
        """What the second serial port sent, for its reader to close; at its end QEMU has ended."""
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
        """Return the last lines of the console, to show with a failure.

        Where trouble began further up, its first lines come before them.
        """
        lines = self.console().splitlines()
        last = lines[-_TAIL_LINES:]
        first = next((n for n, line in enumerate(lines) if TROUBLE.search(line)), len(lines))
        if first < len(lines) - _TAIL_LINES:
            last = [*lines[first:first + _TAIL_LINES // 2], "...", *lines[-_TAIL_LINES // 2:]]
        return "the end of its console:\n" + "\n".join(f"  | {line}" for line in last)

    def stop(self) -> None:
        """End the process, and wait until it has."""
        self._process.kill()
        self._process.wait()
        self.to_guest.close()
