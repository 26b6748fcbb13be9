# SPDX-License-Identifier: GPL-2.0
"""One QEMU process: a machine with two serial ports, the console and the agent's.

All it needs from us are open files without a name, so that nothing is left behind however the run
ends; and the process dies with ours.
"""

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from ..host.errors import HarnessError

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


def _holding(*parts: bytes) -> IO[bytes]:
    """Return an open file without a name, with that content."""
    file = tempfile.TemporaryFile()
    file.writelines(parts)
    file.flush()
    return file


class Qemu:
    """A running machine; its console is kept, and its second serial port is stdin and stdout.

    It starts from `flash`, what its flash chips hold, if there is any, else from QEMU's own BIOS.
    Raises HarnessError where QEMU cannot be started.
    """

    def __init__(self, image: Path, initramfs: Path, overlay: bytes, accelerator: str,
                 append: str = "", memory: str = MEMORY, flash: tuple[bytes, ...] = ()) -> None:
        if not shutil.which("qemu-system-x86_64"):
            raise HarnessError("cannot start a VM: qemu-system-x86_64 is not installed")
        self._console = tempfile.TemporaryFile()
        with ExitStack() as stack:
            # The kernel unpacks one archive after the other; lz4's does not say where it ends.
            initrd = stack.enter_context(_holding(overlay, initramfs.read_bytes()))
            chips = [stack.enter_context(_holding(chip)) for chip in flash]
            files = [file.fileno() for file in (self._console, initrd, *chips)]
            argv = ["setpriv", "--pdeathsig", "KILL", "prlimit", "--core=0",
                    "qemu-system-x86_64", *_ACCELERATORS[accelerator],
                    "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
                    "-m", memory,
                    "-kernel", str(image), "-initrd", f"/dev/fd/{files[1]}",
                    "-append", f"{COMMAND_LINE} {append}".strip(),
                    "-chardev", f"file,id=console,path=/dev/fd/{files[0]}",
                    "-serial", "chardev:console",
                    "-chardev", "stdio,id=agent,signal=off", "-serial", "chardev:agent"]
            for chip in chips:
                argv += ["-drive", f"if=pflash,format=raw,file=/dev/fd/{chip.fileno()}"]
            self._stderr = tempfile.TemporaryFile()
            # A session of its own: a Ctrl-C is ours to act on, also when it is meant for the guest.
            self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, bufsize=0,
                                             stdout=subprocess.PIPE, stderr=self._stderr,
                                             pass_fds=files, start_new_session=True)

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
