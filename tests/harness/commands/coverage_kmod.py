# SPDX-License-Identifier: GPL-2.0
"""make coverage-kmod: how much of kmod the behaviours run, and how much its own tests do."""

import os

import pytest
from uncovered import KMOD

from ..host.errors import HarnessError
from ..kernels import kmodsource
from ..observe import kmodcounts, kmodpage
from . import chosen, test

# At least so much of the tools, and more than kmod's own tests of each of these.
LEAST = 80.0
AHEAD = ("remove", "rmmod", "insmod", "lsmod")


def main() -> int:
    """Try the rows with a kmod that counts; write what they reach; return 0 if that is enough.

    T selects rows, and then nothing is written. Raises HarnessError where they cannot be tried, or
    nothing was counted.
    """
    kmod = kmodsource.get()
    os.environ["KMOD"] = str(kmod.prefix)
    kmodcounts.forget()
    status = test.behaviours(counts=True)
    if status == pytest.ExitCode.INTERRUPTED:
        return status
    rows, own = kmodcounts.of_rows(kmod), kmodcounts.of_own_tests(kmod)
    ours, theirs = kmodpage.programs(rows), kmodpage.programs(own)
    for name, share in ours.items():
        print(f"{name:<16}{share!s:<24}its own tests: {theirs[name]}")
    if not os.environ.get("T"):
        kmodpage.PAGE.write_text(kmodpage.page(kmod.version, chosen.kernel().title, rows, own,
                                               KMOD), encoding="utf-8")
        _demand(ours["all of tools/"].percent >= LEAST, f"less than {LEAST:g} % of tools/ ran")
        for name in AHEAD:
            _demand(ours[name].percent > theirs[name].percent,
                    f"of {name} kmod's own tests run as much")
    return status


def _demand(met: bool, otherwise: str) -> None:
    if not met:
        raise HarnessError(f"{otherwise}: add a behaviour")
