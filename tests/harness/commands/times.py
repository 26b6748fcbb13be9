# SPDX-License-Identifier: GPL-2.0
"""make times: how long the README's commands take on this host, and its paragraph on that."""

import datetime
import os
import platform
import pty
import re
import subprocess
import time
from pathlib import Path

from ..guest.vm import VM
from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.run import environment
from . import chosen

_README = TOP / "README.md"
_BEGIN, _END = "<!-- written by make times -->\n", "<!-- end -->\n"
_COMMANDS = ("demo", "test", "behaviours")
_PROMPT = b"guest:"
_LOG = BUILD / "times.log"


def main() -> int:
    """Run each command of the README once, with all it needs there; write how long each took.

    Return 0. Raises HarnessError where one fails.
    """
    parts = chosen.parts()
    with VM(parts) as guest:
        boot = guest.boot_seconds
    taken = {f"make {name}": _run(name) for name in _COMMANDS}
    taken["make shell"] = _shell()
    text = paragraph(taken, boot, parts.accelerator)
    _README.write_text(replaced(_README.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text, end="")
    return 0


def paragraph(taken: dict[str, float], boot: float, accelerator: str) -> str:
    """Return what the README says of the seconds that commands took, and a guest to boot.

    A shell's are those until its prompt.
    """
    figures = ", ".join(f"`{command}` {_words(seconds)}"
                        + " to its prompt" * command.endswith("shell")
                        for command, seconds in taken.items())
    release = platform.freedesktop_os_release()
    return (f"Later runs took, with nothing beside them: {figures}.\n"
            f"`make times` measured that on {datetime.date.today()}, on "
            f"{len(os.sched_getaffinity(0))} processors ({_processor()}) with Debian "
            f"{release.get('VERSION_ID', '?')}, "
            f"by QEMU's {accelerator}, where a guest boots in {boot:.1f} s.\n")


def replaced(readme: str, text: str) -> str:
    """Return the README with this between its two marks.

    Raises HarnessError where it lacks them.
    """
    before, begin, rest = readme.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise HarnessError(f"README.md has not {_BEGIN.strip()} and {_END.strip()} any more: "
                           "put them where the times shall stand")
    return before + begin + text + end + after


def _words(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 100 else f"{whole // 60} min {whole % 60} s"


def _processor() -> str:
    """Return the name of the processor's model."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return " ".join(found[1].split()) if found else platform.machine()


def _run(target: str) -> float:
    """Return the seconds that a target takes."""
    with step(f"Running make {target}"), open(_LOG, "wb") as log:
        began = time.monotonic()
        done = subprocess.run(["make", "-C", TOP, target], stdin=subprocess.DEVNULL, stdout=log,
                              stderr=subprocess.STDOUT, env=environment(), check=False)
    if done.returncode:
        raise HarnessError(f"make {target} failed: {_LOG} has what it said")
    return time.monotonic() - began


def _shell() -> float:
    """Return the seconds until make shell has its prompt."""
    master, slave = pty.openpty()
    with step("Running make shell"), open(master, "r+b", buffering=0) as terminal:
        began = time.monotonic()
        with subprocess.Popen(["make", "-C", TOP, "shell"], stdin=slave, stdout=slave,
                              stderr=slave, env=environment(), start_new_session=True) as shell:
            os.close(slave)
            seen = b""
            while _PROMPT not in seen:
                seen += terminal.read(4096)
            taken = time.monotonic() - began
            terminal.write(b"exit\n")
            try:
                while terminal.read(4096):
                    pass
            except OSError:     # nobody has the terminal's other end any more
                pass
    if shell.returncode:
        raise HarnessError("make shell failed: try it")
    return taken
