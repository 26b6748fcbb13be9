# SPDX-License-Identifier: GPL-2.0
"""The table of rows on a terminal: a line for each, once all of its parts are told."""

from typing import Any, Literal

import pytest

from harness.rows.table import Table

pytestmark = pytest.mark.host


def report_of(row: str, when: Any, outcome: Any, reason: Any = None) -> pytest.TestReport:
    """What pytest reports of a part of a row's test that took a second."""
    return pytest.TestReport(
        f"test_behaviours.py::test_behaviour[{row}]", ("", 0, ""), {}, outcome,
        None if outcome == "passed" else reason, when, duration=1.0,
        user_properties=[("what", "A row that is wrong")])


@pytest.mark.parametrize("outcomes, reason, line", [
    (("passed", "passed", "passed"), None, "wrong A row that is wrong passed 3.0 s"),
    (("passed", "failed", "passed"), "seen 1", "wrong A row that is wrong failed 3.0 s"),
    (("passed", "passed", "failed"), "left", "wrong A row that is wrong failed 3.0 s"),
    (("passed", "skipped", "passed"), ("file", 1, "Skipped: needs kmod >= 31"),
     "wrong A row that is wrong (needs kmod >= 31) skipped 3.0 s"),
])
def test_the_table_has_a_line_for_each_row(outcomes: tuple[Literal["passed", "failed", "skipped"]],
                                           reason: Any, line: str,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever comes of another one that another process tries meanwhile."""
    table = Table()
    for when, outcome in zip(("setup", "call", "teardown"), outcomes):
        table.pytest_runtest_logreport(report_of("wrong", when, outcome, reason))
        if when != "teardown":
            table.pytest_runtest_logreport(report_of("other", when, "passed"))
    assert " ".join(capsys.readouterr().out.split()) == line
