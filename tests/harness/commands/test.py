# SPDX-License-Identifier: GPL-2.0
"""make test, make behaviours, one kernel of make matrix: pytest, told what to run and show."""

import os
import re
from contextlib import closing, redirect_stderr, redirect_stdout
from io import StringIO
from tempfile import TemporaryDirectory

import pytest
from behaviours import ROWS
from behaviours.kmod_faults import FAULTS

from ..guest import snapshot
from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.system import processors
from ..rows import knownfaults
from ..rows.table import Table
from . import chosen, told

_TESTS = TOP / "tests"
_ROWS = _TESTS / "test_behaviours.py"
_USUAL = "(basic or not behaviour) and not slow and not nightly"
_OPTIONS = ["-c", str(_TESTS / "pytest.ini"), f"--rootdir={_TESTS}"]
# The table has a line for each row already.
_TABLE = ["-q", "--no-header", "-rfE", "-o", "console_output_style=classic"]
# Many of them: by more processes than there are processors, as guests often wait; each of these
# has a guest to share, which takes memory.
_ALL = ["-n", str(min(2 * processors(), 4)), "--dist", "loadgroup"]
_MANY = 8
# In T: the rows that run a program of kmod's.
_USES = re.compile(r"\buses_(\w+)\b")

# What a kmod that counts shows otherwise: it says so where it may not write its counts, and lies
# differently in memory.
# By their names as pytest has them, which begin below its root.
_COUNTING = ["--counts", *(f"--deselect={_ROWS.name}::test_behaviour[{row}]"
                           for row in ("no-privilege", "cut-off-index"))]

# Which tests run all of our modules that any do, and the rows, which run the kernel's loader:
# others take minutes and add nothing.
_COVERING = ("kunit", "allocations", "num", "hidepid", "namespaces", "read_sizes", "report_file",
             "refusals", "file_mode", "tasks_file", "threads_file", "churn", "behaviours")


def main() -> int:
    """Pass the tests and some rows, or those tests and rows that the environment's T selects.

    Writes build/junit.xml; returns pytest's exit status.
    Raises HarnessError where T selects nothing, or the guests' parts cannot be had.
    """
    selected = told.text("T")
    if not selected:
        return _run([*_ALL, str(_TESTS), "-m", _USUAL], "junit.xml")
    return _run(_selection(selected, str(_TESTS)), "junit.xml", table=selected in ROWS)


def behaviours(counts: bool = False) -> int:
    """Try every row, or those that the environment's T selects; show them as a table.

    With another kmod, KMOD, it says at the end which known faults that one has. With `counts` what
    runs of it is kept. Writes build/behaviours.xml; returns pytest's exit status.
    Raises HarnessError where T selects nothing, or the guests' parts cannot be had.
    """
    selected = told.text("T")
    arguments = _selection(selected, str(_ROWS)) if selected else [*_ALL, str(_ROWS)]
    status = _run([*arguments, *(_COUNTING if counts else [])], "behaviours.xml", table=True)
    if chosen.kmod() and not counts and status != pytest.ExitCode.INTERRUPTED:
        with closing(snapshot.guest(chosen.parts())) as vm:
            print(knownfaults.table(FAULTS, vm))
    return status


def everything() -> int:
    """Pass all tests that depend on the guests' kernel and try every row, for make matrix.

    Those that the environment's T selects, if that is set.
    Writes build/matrix/<KERNEL>.xml; returns pytest's exit status.
    Raises HarnessError where T selects nothing, or the guests' parts cannot be had.
    """
    selected = told.text("T")
    arguments = _selection(selected, str(_TESTS)) if selected else [*_ALL, str(_TESTS)]
    return _run([*arguments, "-m", "not host and not nightly"],
                f"matrix/{chosen.parts().kernel.name}.xml")


def coverage() -> int:
    """Pass those tests that together run all of the modules that any test does, and try every row.

    Writes build/coverage.xml; returns pytest's exit status.
    Raises HarnessError where the guests' parts cannot be had.
    """
    return _run([*_ALL, "--counts", *(str(_TESTS / f"test_{name}.py") for name in _COVERING)],
                "coverage.xml")


def expression(words: str) -> str:
    """Return what T says as an expression for -k: of uses_modprobe, the rows that run it."""
    def ids_of(uses: re.Match[str]) -> str:
        rows = [row.id for row in ROWS.values() if uses[1] in row.tools]
        return f"({' or '.join(rows)})" if rows else uses[0]

    return _USES.sub(ids_of, words)


def _selection(selected: str, everything: str) -> list[str]:
    """Return pytest's arguments for a row's id, or an expression; checked before it takes long.

    What selects many is run as all of them are, and shown so.
    """
    if selected in ROWS:
        return [f"{_ROWS}::test_behaviour[{selected}]"]
    arguments = [everything, "-k", expression(selected)]
    with redirect_stdout(StringIO()) as listed, redirect_stderr(StringIO()):
        found = pytest.main([*_OPTIONS, *arguments, "--collect-only", "-q"])
    if found == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise HarnessError(f"no test matches T={selected}: use words from tests' names, "
                           "joined by and, or, not")
    if found == pytest.ExitCode.USAGE_ERROR:
        raise HarnessError(f"T={selected} is not an expression of test names: "
                           "use words from them, joined by and, or, not")
    number = sum("::" in line for line in listed.getvalue().splitlines())
    return [*_ALL, *arguments] if number > _MANY else arguments


def _run(arguments: list[str], result: str, table: bool = False) -> int:
    chosen.parts()
    _keep_bytecode()
    with TemporaryDirectory(prefix="taskmods-") as scratch:
        return int(pytest.main([*_OPTIONS, *arguments, f"--junit-xml={BUILD / result}",
                                f"--basetemp={scratch}/pytest", *(_TABLE if table else [])],
                               plugins=[Table()] if table else []))


def _keep_bytecode() -> None:
    """Have the processes that test, and what they start, compile what they import only once."""
    os.environ["PYTHONPYCACHEPREFIX"] = str(BUILD / "pycache")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
