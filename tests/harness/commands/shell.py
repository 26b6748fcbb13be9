# SPDX-License-Identifier: GPL-2.0
"""make shell: an interactive shell in a guest, on the terminal that we were started from."""

import os
import shutil
import signal
import sys
import termios
import threading
import tty

from ..guest.places import FIXTURES_DIR
from ..guest.vm import VM
from ..host.errors import HarnessError
from ..kernels import build
from . import chosen

_GREETING = """\
This is Linux {release} in a VM, with the modules installed and nothing loaded.
Try: modprobe report_mod; lsmod; cat /proc/taskmods/report; rmmod core_mod
{fixtures}Leave with exit or Ctrl-D; the VM ends with the shell.
"""
_WITH_FIXTURES = f"The modules of docs/behaviours.md are in {FIXTURES_DIR}.\n"
_WITHOUT_FIXTURES = ("The modules of docs/behaviours.md are not in it: once make behaviours has "
                     "built them they are.\n")
_STARTUP = b"""\
PS1='guest:\\w# '
HISTFILE=
alias ls='ls --color=auto' ll='ls -l'
cd
"""
_STARTUP_PATH = "/etc/taskmods.bashrc"


def main() -> int:
    """Boot a guest and give it the terminal until its shell ends.

    Raises HarnessError where there is no terminal, GuestError where the guest is lost.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise HarnessError("make shell needs a terminal; for scripts there are "
                           "make demo and make test")
    # They take a minute to build, which is long before a prompt.
    with_fixtures = build.are_fixtures_built(chosen.kernel())
    parts = chosen.parts(fixtures=with_fixtures)
    with VM(parts, files={_STARTUP_PATH: _STARTUP}) as guest:
        guest.run("depmod", check=True)
        print(_GREETING.format(release=parts.kernel.release, fixtures=_WITH_FIXTURES
                               if with_fixtures else _WITHOUT_FIXTURES), flush=True)
        _converse(guest)
    return 0


def _converse(guest: VM) -> None:
    saved = termios.tcgetattr(sys.stdin)
    job = guest.start("env", f"TERM={_terminal(guest)}", "bash", "--rcfile", _STARTUP_PATH, "-i",
                      pty=True, write=_write)

    def resize(*_: object) -> None:
        size = shutil.get_terminal_size()
        job.resize(size.lines, size.columns)

    def forward() -> None:
        while data := os.read(sys.stdin.fileno(), 1024):
            job.send(data)

    previous = signal.signal(signal.SIGWINCH, resize)
    try:
        tty.setraw(sys.stdin)
        resize()
        threading.Thread(target=forward, daemon=True).start()
        job.wait(float("inf"))
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, saved)
        signal.signal(signal.SIGWINCH, previous)


def _terminal(guest: VM) -> str:
    """Return the name of our terminal's kind, or a common one where the guest does not know it."""
    name = os.environ.get("TERM", "")
    known = guest.run("find", "/lib/terminfo", "/usr/share/terminfo", "-name", name).out
    return name if name and known.strip() else "xterm"


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(sys.stdout.fileno(), data):]
