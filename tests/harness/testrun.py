# SPDX-License-Identifier: GPL-2.0
"""make test and make behaviours: pytest, told what to run and how to show it."""

import os
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from tempfile import TemporaryDirectory

from . import vm
from .errors import HarnessError
from .host import BUILD, TOP
from .table import Table

_TESTS = TOP / "tests"
_ROWS = _TESTS / "test_behaviours.py"
_OPTIONS = ["-c", str(_TESTS / "pytest.ini"), f"--rootdir={_TESTS}"]
# The table has a line for each row already.
_TABLE = ["-q", "--no-header", "-rfE", "-o", "console_output_style=classic"]


def test() -> int:
    """Pass the tests, or those tests and rows that the environment's T selects.

    Writes build/junit.xml; returns pytest's exit status.
    Raises HarnessError where T selects nothing, or the guests' parts cannot be had.
    """
    selected = os.environ.get("T", "").strip()
    if not selected:
        return _run([str(_TESTS), "-m", "not behaviour"], "junit.xml")
    return _run(_selection(selected, str(_TESTS)), "junit.xml")


def behaviours() -> int:
    """Try every row, or those that the environment's T selects; show them as a table.

    Writes build/behaviours.xml; returns pytest's exit status.
    Raises HarnessError where T selects nothing, or the guests' parts cannot be had.
    """
    selected = os.environ.get("T", "").strip()
    return _run([*_selection(selected, str(_ROWS)), *_TABLE], "behaviours.xml")


def _selection(selected: str, everything: str) -> list[str]:
    """Return pytest's arguments for a row's id, or an expression; checked before it takes long."""
    from behaviours import ROWS
    if selected in ROWS:
        return [f"{_ROWS}::test_behaviour[{selected}]", *_TABLE]
    arguments = [everything, *(["-k", selected] if selected else [])]
    import pytest
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        found = pytest.main([*_OPTIONS, *arguments, "--collect-only", "-qq"])
    if found == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise HarnessError(f"no test matches T={selected}: use words from tests' names, "
                           "joined by and, or, not")
    if found == pytest.ExitCode.USAGE_ERROR:
        raise HarnessError(f"T={selected} is not an expression of test names: "
                           "use words from them, joined by and, or, not")
    return arguments


def _run(arguments: list[str], result: str) -> int:
    import pytest
    vm.parts()
    with TemporaryDirectory(prefix="taskmods-") as scratch:
        return int(pytest.main([*_OPTIONS, *arguments, f"--junit-xml={BUILD / result}",
                                f"--basetemp={scratch}/pytest"], plugins=[Table()]))
