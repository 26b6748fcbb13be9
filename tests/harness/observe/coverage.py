# SPDX-License-Identifier: GPL-2.0
"""How much of the three modules ran, judged: what did not needs a reason, and most must have run.

What did not run stands in docs/coverage.md with its reason.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..host import markdown
from ..host.paths import TOP
from ..kernels.suite import OURS
from .gcov import Line

PAGE = TOP / "docs/coverage.md"
LEAST_LINES = 95.0
LEAST_BRANCHES = 85.0
_HEADER = ("file", "lines", "branches")
_INTRODUCTION = """\
# Coverage

How many lines and branches of the three modules the tests run, counted by gcov on the debug kernel.
`make coverage` measures it and writes this page. It fails if less than {lines:g} % of the lines or
{branches:g} % of the branches run, or if `tests/uncovered.py` has no reason for a line that does
not run. The kernel's headers do not count.

"""


@dataclass(frozen=True)
class Reason:
    """Why a line never runs, or not every branch of it is taken.

    It is told by its file, function and text, so that it is found wherever it moves. What happens
    `by_chance` may have run all the same.
    """

    file: str
    function: str
    text: str
    why: str
    by_chance: bool = False


@dataclass(frozen=True)
class Share:
    """So many of all."""

    ran: int
    all: int

    def __str__(self) -> str:
        return f"{self.ran} of {self.all} ({self.percent:.1f} %)"

    @property
    def percent(self) -> float:
        """100 also where there are none at all."""
        return 100.0 * self.ran / self.all if self.all else 100.0


def sources() -> list[str]:
    """Return the modules' source files."""
    return [str(path.relative_to(TOP)) for name in OURS.modules
            for path in sorted(TOP.glob(f"{name}/*.c"))
            if not path.name.endswith(".mod.c")]


def judge(found: dict[str, list[Line]], reasons: Iterable[Reason]) -> list[str]:
    """Return what is wrong with what ran, a line each."""
    problems = []
    for what, share, least in (("lines", lines_of(found.values()), LEAST_LINES),
                               ("branches", branches_of(found.values()), LEAST_BRANCHES)):
        if share.percent < least:
            problems.append(f"too few {what} ran: {share}, less than {least:g} %")
    used = set()
    for file, line in _uncovered(found):
        reason = _reason(file, line, reasons)
        if reason:
            used.add(reason)
        else:
            problems.append(f"{file}:{line.number}: {_how(line)}, without a reason: {line.text}")
    problems += [f"tests/uncovered.py: {reason.file}, {reason.function}(): this is covered, or is "
                 f"not there any more: {reason.text}" for reason in reasons
                 if reason not in used and not reason.by_chance]
    return problems


def lines_of(files: Iterable[list[Line]]) -> Share:
    """Return how many lines ran."""
    every = [line for file in files for line in file]
    return Share(sum(line.count > 0 for line in every), len(every))


def branches_of(files: Iterable[list[Line]]) -> Share:
    """Return how many branches were taken."""
    every = [count for file in files for line in file for count in line.branches]
    return Share(sum(count > 0 for count in every), len(every))


def _shares(found: dict[str, list[Line]]) -> list[tuple[str, str, str]]:
    rows = [(file, str(lines_of([lines])), str(branches_of([lines])))
            for file, lines in sorted(found.items())]
    return [*rows, ("all", str(lines_of(found.values())), str(branches_of(found.values())))]


def table(found: dict[str, list[Line]]) -> str:
    """Return the shares of each file, and of all, for a terminal."""
    return "\n".join(f"{file:<28}{lines:<22}{branches}"
                     for file, lines, branches in (_HEADER, *_shares(found)))


def page(found: dict[str, list[Line]], reasons: Iterable[Reason]) -> str:
    """Return docs/coverage.md. Every line that is not covered has a reason."""
    parts = [_INTRODUCTION.format(lines=LEAST_LINES, branches=LEAST_BRANCHES),
             "\n".join([*markdown.table(_HEADER, _shares(found)), ""])]
    for file, line in _uncovered(found):
        reason = _reason(file, line, reasons)
        assert reason
        parts.append(f"`{file}`, `{line.function}()`: {_how(line)}\n\n    {line.text}\n\n"
                     f"{reason.why}\n")
    return "\n".join(parts)


def _uncovered(found: dict[str, list[Line]]) -> Iterator[tuple[str, Line]]:
    for file, lines in sorted(found.items()):
        for line in lines:
            if not line.covered:
                yield file, line


def _how(line: Line) -> str:
    if not line.count:
        return "never ran"
    never = sum(not count for count in line.branches)
    return f"{never} of {len(line.branches)} branches never taken"


def _reason(file: str, line: Line, reasons: Iterable[Reason]) -> Reason | None:
    for reason in reasons:
        if (reason.file, reason.function, reason.text) == (file, line.function, line.text):
            return reason
    return None
