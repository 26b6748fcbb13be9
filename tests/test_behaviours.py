# SPDX-License-Identifier: GPL-2.0
"""Every behaviour, a row each: what is declared in behaviours/ is what a guest shows."""

from functools import partial

import pytest

from behaviours import BASIC, ROWS
from harness.observe.facts import Facts
from harness.rows import record
from harness.rows.row import Row
from harness.rows.run import try_row


@pytest.mark.behaviour
@pytest.mark.parametrize("row", [
    pytest.param(row, id=row.id, marks=[pytest.mark.basic] if row.id in BASIC else [])
    for row in ROWS.values()])
def test_behaviour(row: Row, known: Facts, request: pytest.FixtureRequest) -> None:
    for requirement in row.requirements:
        reason = known.unmet(requirement)
        if reason:
            record.save(row, known.kernel, known.title, skipped=reason)
            pytest.skip(reason)
    try_row(row, known, request.getfixturevalue("parts"), request.getfixturevalue("boot"),
            partial(request.getfixturevalue, "vm"))
