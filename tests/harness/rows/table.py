# SPDX-License-Identifier: GPL-2.0
"""The result of rows as a table: id, what, verdict, time; a line as soon as each is known."""

import shutil
import sys
from dataclasses import dataclass

import pytest

from ..host.progress import has_colours, is_terminal

_VERDICTS = {"passed": "\033[32m", "skipped": "\033[33m", "failed": "\033[31m"}
_ID = 20
_VERDICT = 8


@dataclass
class _Line:
    """What is known so far of a test that has begun."""

    seconds: float = 0.0
    outcome: str = "passed"
    reason: str = ""


class Table:
    """A plugin of pytest's that shows those tests that say, as a property, "what" they show."""

    def __init__(self) -> None:
        # By name: where several processes test, their reports come mixed.
        self._begun: dict[str, _Line] = {}

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count a row as any other test, but leave pytest's own letter for it out."""
        if not _what(report):
            return None
        counted = report.when == "call" or report.outcome != "passed"
        return (report.outcome if counted else "", "", "")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather the parts of a test: setup, call and teardown; show the line at the last one."""
        line = self._begun.setdefault(report.nodeid, _Line())
        line.seconds += report.duration
        if report.outcome != "passed":
            line.outcome = report.outcome
        if report.skipped and isinstance(report.longrepr, tuple):
            line.reason = report.longrepr[2].removeprefix("Skipped: ")
        what = _what(report)
        if report.when == "teardown":
            del self._begun[report.nodeid]
            if what:
                _show(report.nodeid.partition("[")[2].rstrip("]"), what, line)


def _show(row: str, what: str, line: _Line) -> None:
    terminal = is_terminal(sys.stdout)
    room = (shutil.get_terminal_size().columns or 100) if terminal else 100
    width = max(20, min(room, 120) - _ID - _VERDICT - len("  123.4 s") - 3)
    colour, end = ((_VERDICTS[line.outcome], "\033[0m") if has_colours(sys.stdout)
                   else ("", ""))
    if line.reason:
        what = f"{what} ({line.reason})"
    print(f"{row:{_ID}} {_cut(what, width):{width}} {colour}{line.outcome:{_VERDICT}}{end}"
          f" {line.seconds:6.1f} s", flush=True)


def _what(report: pytest.TestReport) -> str:
    return str(dict(report.user_properties).get("what", ""))


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 3] + "..."
