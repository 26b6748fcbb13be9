# SPDX-License-Identifier: GPL-2.0
"""An outcome shown: in the terminal, as a page, and as JUnit has it."""

import sys
import textwrap
from collections.abc import Iterator

from ..host.progress import has_colours
from . import junit, page
from .built import folder
from .checks import CHECKS
from .table import Row, rows
from .verdict import FAIL, KNOWN, PASS, SKIP, TROUBLE, Outcome

_COLOURS = {PASS: "32", FAIL: "1;31", SKIP: "33", KNOWN: "36", TROUBLE: "35"}
_WIDTH = 100
_NAMES = 34
_TOLD = (FAIL, TROUBLE, KNOWN, SKIP)


def show(outcome: Outcome) -> int:
    """Print an outcome, write its page and its JUnit file; return the exit status.

    Raises OSError where these cannot be written.
    """
    place = folder(outcome.name)
    place.mkdir(parents=True, exist_ok=True)
    (place / "index.html").write_text(page.write(outcome), encoding="utf-8")
    (place / "junit.xml").write_text(junit.write(outcome), encoding="utf-8")
    print("\n".join(lines(outcome, has_colours(sys.stdout))))
    print(f"\n{place / 'index.html'}\n{outcome.words}")
    return outcome.exit_status


def lines(outcome: Outcome, colours: bool) -> Iterator[str]:
    """Return what is printed of an outcome: the table, and the reason of all that did not pass."""
    found = list(rows(outcome, CHECKS))
    kernels = [result.kernel for result in outcome.kernels]
    wide = max([len(check) for check in CHECKS])
    names = min(_NAMES, max([len(row.names) for row in found], default=0))
    columns = [max(len(kernel), 7) for kernel in kernels]
    head = [f"{name:{width}}" for name, width in zip(kernels, columns)]
    yield f"{'check':{wide}}  {'module':{names}}  {'  '.join(head)}".rstrip()
    last = ""
    for row in found:
        first, *more = textwrap.wrap(row.names, names) or [""]
        cells = [_cell(row.status(kernel), width, colours)
                 for kernel, width in zip(kernels, columns)]
        check = row.check if row.check != last else ""
        yield f"{check:{wide}}  {first:{names}}  {'  '.join(cells)}".rstrip()
        yield from (f"{'':{wide}}  {text}" for text in more)
        last = row.check
    for status in _TOLD:
        for row in found:
            yield from _reasons(row, kernels, status, colours)
    if outcome.notes:
        yield from ("", *outcome.notes)


def _cell(status: str, width: int, colours: bool) -> str:
    text = f"{status or '-':{width}}"
    return f"\033[{_COLOURS[status]}m{text}\033[0m" if colours and status else text


def _reasons(row: Row, kernels: list[str], status: str, colours: bool) -> Iterator[str]:
    """Tell why modules came to a status, once for the kernels where the reason is the same."""
    told: dict[tuple[str, str], list[str]] = {}
    for kernel in kernels:
        if row.status(kernel) == status:
            verdict = row.cells[kernel][0]
            told.setdefault((verdict.reason, verdict.advice), []).append(kernel)
    for (reason, advice), on in told.items():
        mark = _cell(status, len(status), colours)
        yield ""
        yield f"{mark} {row.check}: {row.names}, on {', '.join(on)}"
        yield from (f"    {line}" for line in reason.splitlines())
        for line in advice.splitlines():
            yield from textwrap.wrap(line, _WIDTH, initial_indent="      > ",
                                     subsequent_indent="        ")
