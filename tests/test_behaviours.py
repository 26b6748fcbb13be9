# SPDX-License-Identifier: GPL-2.0
"""Every behaviour, a row each: what is declared in behaviours/ is what a guest shows."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from behaviours import BASIC, ROWS
from conftest import Boot
from harness.guest import distro, firmware
from harness.guest.vm import VM, Parts
from harness.host.errors import HarnessError
from harness.host.paths import BUILD
from harness.observe import facts, health
from harness.observe.expect import expect
from harness.rows import record
from harness.rows.row import Guest, Row
from harness.rows.trial import Trial


@pytest.mark.behaviour
@pytest.mark.parametrize("row", [
    pytest.param(row, id=row.id, marks=[pytest.mark.basic] if row.id in BASIC else [])
    for row in ROWS.values()])
def test_behaviour(row: Row, known: facts.Facts, request: pytest.FixtureRequest) -> None:
    for requirement in row.needs:
        reason = known.unmet(requirement)
        if reason:
            record.save(row, known, skipped=reason)
            pytest.skip(reason)
    try_row(row, known, request.getfixturevalue("parts"), request.getfixturevalue("boot"),
            partial(request.getfixturevalue, "vm"))


def try_row(row: Row, known: facts.Facts, parts: Parts, boot: Boot,
            share: Callable[[], VM]) -> None:
    """Take a row's steps in a guest of its own, or in the one that `share` gives."""
    def take_guest(work: Path) -> VM:
        return boot_for(row.guest, work, boot) if row.guest else share()

    work = BUILD / parts.kernel.release / "rows" / row.id
    where = "before its first step"
    try:
        with Trial(row, parts, work, take_guest, boot) as trial:
            for number, step in enumerate(row.steps, start=1):
                where = f"step {number}, {step.title}"
                if not known.unmet(step.when):
                    step.take(trial)
            where = "after its last step"
            trial.judge_events()
            if row.guest and not row.guest.trouble:
                wrong = health.trouble(trial.vm, 0)
                expect("kernel log without trouble", [], wrong, not wrong)
    except (AssertionError, HarnessError) as error:
        raise pytest.fail.Exception(f"{row.id}, {where}\n{error}\n{trial.tail()}",
                                    pytrace=False) from None
    record.save(row, known, transcript=tuple(trial.transcript))


def boot_for(own: Guest, work: Path, boot: Boot) -> VM:
    """Boot a row's own guest."""
    trusted = firmware.trusting((work / own.trusts).read_bytes()) if own.trusts else None
    files = {path: content.encode() for path, content in own.files}
    guest: VM = boot(*([distro.parts()] if own.full else []), append=own.command_line,
                     firmware=trusted, files=files)
    guest.run("depmod", check=True)
    if own.trouble:
        guest.sh("cd /proc/sys/kernel; echo 0 > panic_on_oops; echo 0 > panic_on_warn")
    return guest
