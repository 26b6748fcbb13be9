# SPDX-License-Identifier: GPL-2.0
"""The result of rows as a table: id, what, verdict, time; a line as soon as each is known."""

import os
import shutil
import sys

import pytest

from .progress import is_terminal

_VERDICTS = {"passed": "\033[32m", "skipped": "\033[33m", "failed": "\033[31m"}
_ID = 20
_VERDICT = 8


class Table:
    """A plugin of pytest's that shows those tests that say, as a property, "what" they show."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._outcome = "passed"
        self._reason = ""

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count a row as any other test, but leave pytest's own letter for it out."""
        if not _what(report):
            return None
        counted = report.when == "call" or report.outcome != "passed"
        return (report.outcome if counted else "", "", "")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather the parts of a test: setup, call and teardown; show the line at the last one."""
        if report.when == "setup":
            self._seconds, self._outcome, self._reason = 0.0, "passed", ""
        self._seconds += report.duration
        if report.outcome != "passed":
            self._outcome = report.outcome
        if report.skipped and isinstance(report.longrepr, tuple):
            self._reason = report.longrepr[2].removeprefix("Skipped: ")
        what = _what(report)
        if report.when == "teardown" and what:
            self._show(report.nodeid.partition("[")[2].rstrip("]"), what)

    def _show(self, row: str, what: str) -> None:
        terminal = is_terminal(sys.stdout)
        room = (shutil.get_terminal_size().columns or 100) if terminal else 100
        width = max(20, min(room, 120) - _ID - _VERDICT - len("  123.4 s") - 3)
        colour, end = ((_VERDICTS[self._outcome], "\033[0m")
                       if terminal and "NO_COLOR" not in os.environ else ("", ""))
        if self._reason:
            what = f"{what} ({self._reason})"
        print(f"{row:{_ID}} {_cut(what, width):{width}} {colour}{self._outcome:{_VERDICT}}{end}"
              f" {self._seconds:6.1f} s", flush=True)


def _what(report: pytest.TestReport) -> str:
    return str(dict(report.user_properties).get("what", ""))


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 3] + "..."
