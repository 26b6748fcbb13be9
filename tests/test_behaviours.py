# SPDX-License-Identifier: GPL-2.0
"""Every behaviour, a row each: what is declared in behaviours/ is what a guest shows."""

import pytest

from behaviours import ROWS
from conftest import Boot, Pool
from harness import facts, health, host, record
from harness.row import Row
from harness.trial import Trial
from harness.vm import VM, Parts


@pytest.fixture(scope="session")
def known(parts: Parts, pool: Pool) -> facts.Facts:
    """What the guests' kernel and kmod are."""
    return facts.read(parts.kernel, pool.take())


@pytest.mark.behaviour
@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS.values()])
def test_behaviour(row: Row, known: facts.Facts, request: pytest.FixtureRequest) -> None:
    for requirement in row.needs:
        reason = known.unmet(requirement)
        if reason:
            record.save(row, known, skipped=reason)
            pytest.skip(reason)
    if row.guest is None:
        guest = request.getfixturevalue("vm")
        try_row(row, guest, known)
        return
    guest = boot_for(row, request.getfixturevalue("boot"))
    mark = guest.log_end()
    try_row(row, guest, known)
    if not row.guest.trouble:
        wrong = health.trouble(guest, mark)
        assert not wrong, "\n".join(wrong)


def boot_for(row: Row, boot: Boot) -> VM:
    """Boot the row's own guest."""
    assert row.guest
    guest = boot(append=row.guest.append)
    guest.run("depmod", check=True)
    if row.guest.trouble:
        guest.sh("cd /proc/sys/kernel; echo 0 > panic_on_oops; echo 0 > panic_on_warn")
    return guest


def try_row(row: Row, guest: VM, known: facts.Facts) -> None:
    work = host.BUILD / guest.parts.kernel.release / "rows" / row.id
    where = "before its first step"
    try:
        with Trial(guest, work, row.sources, row.installs) as trial:
            for number, step in enumerate(row.steps, start=1):
                where = f"step {number}, {step}"
                if not known.unmet(step.when):
                    step.take(trial)
            where = "after its last step"
            trial.judge_events(row.order, row.forced)
    except AssertionError as error:
        raise pytest.fail.Exception(f"{row.id}, {where}\n{error}\n{guest.qemu.tail()}",
                                    pytrace=False) from None
    record.save(row, known, transcript=tuple(trial.transcript))
