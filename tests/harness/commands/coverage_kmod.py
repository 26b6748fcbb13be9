# SPDX-License-Identifier: GPL-2.0
"""make coverage-kmod: how much of kmod the behaviours run, and how much its own tests do."""

import os

import pytest
from uncovered import KMOD

from ..host.errors import HarnessError
from ..kernels import kmodsource
from ..observe import kmodcounts, kmodpage
from . import chosen, test, told

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
    for name, share in kmodpage.programs(rows).items():
        print(f"{name:<16}{share!s:<24}its own tests: {kmodpage.programs(own)[name]}")
    if not told.text("T"):
        kmodpage.PAGE.write_text(kmodpage.page(kmod.version, chosen.kernel().title, rows, own,
                                               KMOD), encoding="utf-8")
        judge(rows, own)
    return status


def judge(rows: kmodpage.Found, own: kmodpage.Found) -> None:
    """Compare what the rows ran with what is demanded, and with what kmod's own tests did.

    Raises HarnessError where it is too little.
    """
    ours, theirs = kmodpage.programs(rows), kmodpage.programs(own)
    if ours["all of tools/"].percent < LEAST:
        raise HarnessError(f"less than {LEAST:g} % of tools/ ran: add a behaviour")
    for name in AHEAD:
        if ours[name].percent <= theirs[name].percent:
            raise HarnessError(f"of {name} kmod's own tests run as much: add a behaviour")
