# SPDX-License-Identifier: GPL-2.0
"""Which lines of kmod ran: in guests, by a kmod that counts, and in kmod's own tests.

A program that gcc has count writes its counts, as it ends, to where it was built, and makes that
directory. So a guest has them below the same name.
"""

import base64
import itertools
import os
import shutil
from contextlib import suppress
from pathlib import Path

from ..guest.vm import VM
from ..host.errors import GuestError
from ..host.paths import BUILD
from ..kernels.kmodsource import Counting
from . import gcov
from .gcov import Line

COUNTS = BUILD / "kmod-counts"
# What is kmod's: gcov also counts what configure compiles to try the compiler.
ROOMS = ("libkmod", "shared", "tools")
_FETCH = ("find / -xdev -path '*/tree/*' -name '*.gcda' | while read -r file; do "
          "echo $file $(base64 < $file | tr -d '\\n'); done")
_guests = itertools.count()


def forget() -> None:
    """Remove what was kept of former runs."""
    shutil.rmtree(COUNTS, ignore_errors=True)


def fetch(vm: VM) -> None:
    """Keep what a guest counted; nothing where it does not answer any more."""
    with suppress(GuestError):
        own = COUNTS / f"{os.getpid()}-{next(_guests)}"
        for line in vm.run("sh", "-c", _FETCH).out.splitlines():
            path, _, content = line.partition(" ")
            place = own / path.partition("/tree/")[2]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(base64.b64decode(content))


def of_rows(kmod: Counting) -> dict[str, list[Line]]:
    """Return kmod's lines, as often as they ran in all guests together.

    Raises HarnessError where no guest counted.
    """
    return _lines(gcov.merge(COUNTS), kmod)


def of_own_tests(kmod: Counting) -> dict[str, list[Line]]:
    """Return kmod's lines, as often as they ran in its own tests.

    Raises HarnessError where gcov does not understand the counts.
    """
    scratch = BUILD / "kmod-own-counts"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(kmod.own_counts, scratch)
    return _lines(scratch, kmod)


def _lines(counts: Path, kmod: Counting) -> dict[str, list[Line]]:
    found = gcov.lines_below(counts, kmod.tree, Path("."), kmod.tree)
    return {file: lines for file, lines in sorted(found.items())
            if file.startswith(ROOMS) and file.endswith(".c")}
