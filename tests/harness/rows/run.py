# SPDX-License-Identifier: GPL-2.0
"""A row tried from its first step to its last, as a test of pytest's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ..guest import distro, firmware
from ..guest.recipe import Parts
from ..guest.vm import VM
from ..host.errors import HarnessError
from ..host.paths import BUILD
from ..kernels import intree
from ..observe import health
from ..observe.expect import expect
from ..observe.facts import Facts
from . import play, record
from .row import Guest, Row
from .trial import Trial


def try_row(row: Row, known: Facts, parts: Parts, boot: Callable[..., VM],
            share: Callable[[], VM]) -> None:
    """Take a row's steps in a guest of its own, or in the one that `share` gives."""
    def take_guest(work: Path) -> VM:
        return boot_for(row.guest, parts, work, boot) if row.guest else share()

    work = BUILD / parts.kernel.release / "rows" / row.id
    where = "before its first step"
    try:
        with Trial(row, parts, work, take_guest, boot) as trial:
            for number, step in enumerate(row.steps, start=1):
                where = f"step {number}, {step.title}"
                if not known.unmet(step.when):
                    play.take(step, trial)
            where = "after its last step"
            trial.judge_events()
            if row.guest and not row.guest.trouble:
                wrong = health.trouble(trial.vm, 0)
                expect("kernel log without trouble", [], wrong, not wrong)
    except (AssertionError, HarnessError) as error:
        raise pytest.fail.Exception(f"{row.id}, {where}\n{error}\n{trial.tail()}",
                                    pytrace=False) from None
    record.save(row, known.kernel, known.title, transcript=tuple(trial.transcript))


def boot_for(own: Guest, parts: Parts, work: Path, boot: Callable[..., VM]) -> VM:
    """Boot a row's own guest."""
    trusted = firmware.trusting((work / own.trusts).read_bytes(), parts.kernel.architecture) \
        if own.trusts else None
    files = {path: content.encode() for path, content in own.files}
    files |= intree.files(parts.kernel, own.intree) if own.intree else {}
    guest: VM = boot(*([distro.parts(parts)] if own.full else []), append=own.command_line,
                     firmware=trusted, files=files)
    guest.run("depmod", check=True)
    if own.trouble:
        guest.sh("cd /proc/sys/kernel; echo 0 > panic_on_oops; echo 0 > panic_on_warn")
    return guest
