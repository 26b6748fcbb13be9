# SPDX-License-Identifier: GPL-2.0
"""What examples/list_tasks says of its faults: the row of each, and the line that mends it."""

import re

import pytest
from behaviours import ROWS

from harness.host.paths import TOP

pytestmark = pytest.mark.host

README = (TOP / "examples/list_tasks/README.md").read_text(encoding="utf-8")
FAULTS = re.findall(r"^\|.*\| `(list-tasks-[\w-]+)` \|", README, re.MULTILINE)
LINES = re.findall(r"^\|.*\| `(list-tasks-[\w-]+)` \| `(\S+)`: `(.*)` \|$", README, re.MULTILINE)


def test_each_fault_has_a_row_and_each_row_is_named() -> None:
    assert set(FAULTS) == {row for row in ROWS if row.startswith("list-tasks-")}


@pytest.mark.parametrize("row, file, line", LINES)
def test_the_line_that_mends_a_fault_is_there(row: str, file: str, line: str) -> None:
    assert line in (TOP / file).read_text(encoding="utf-8"), f"{row}: {file} has no such line"


def test_the_program_fits_on_a_screen() -> None:
    """As a student writes it: what is longer than fifty lines is no first solution."""
    code = (TOP / "examples/list_tasks/list_tasks.c").read_text(encoding="utf-8")
    body = code.partition("#include <linux/sched/signal.h>\n")[2]
    assert 0 < len(body.strip().splitlines()) <= 50
