# SPDX-License-Identifier: GPL-2.0
"""docs/found.md: what was found on packages of others, a line for each package and kernel.

A line that was not tried anew stays as it is on the page.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..host import markdown
from .checks import CHECKS
from .table import Row, rows
from .verdict import FAIL, KNOWN, SKIP, TROUBLE, OnKernel, Outcome

_INTRODUCTION = """# What was found on packages of Debian's

`make try-found` tries these packages, and writes what came of them into this table;
`make try-found T=jool-dkms` tries one of them anew. [make try](try.md) tells what is checked.
What is below is the outcome of these runs: a `FAIL` is what a kernel, a compiler or a tool said
in a VM on that day. The whole outcome of each run, with all that was typed and seen, is in
`build/try/` afterwards.
"""
_HEADER = ("package", "kernel", "day", "came to", "what did not pass")
_TOLD = (FAIL, TROUBLE, KNOWN, SKIP)
# Of a long reason so many lines are told.
_LINES = 3

Lines = Mapping[tuple[str, str], str]


def read(page: str) -> dict[tuple[str, str], str]:
    """Return the lines of a page, by what was tried and on which kernel."""
    found = re.finditer(r"^\| <!-- (.+?), (.+?) --> .*", page, re.MULTILINE)
    return {(match[1], match[2]): match[0] for match in found}


def lines(name: str, outcome: Outcome, day: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Return the lines of what came of a suite that is known by a name."""
    for result in outcome.kernels:
        cells = (f"<!-- {name}, {result.kernel} --> {result.what or name}",
                 " ".join(filter(None, (result.kernel, result.title and f"({result.title})"))),
                 day, f"{_verdict(outcome, result)}: {result.words}",
                 "<br>".join(_reasons(outcome, result)))
        yield (name, result.kernel), f"| {' | '.join(cells)} |"


def write(found: Lines) -> str:
    """Return the page with these lines."""
    head = markdown.table(_HEADER, ())
    return "\n".join((_INTRODUCTION, *head, *found.values())) + "\n"


def _verdict(outcome: Outcome, result: OnKernel) -> str:
    alone = replace(outcome, kernels=(result,))
    return alone.words.partition(": ")[2].split()[0].rstrip(",")


def _reasons(outcome: Outcome, result: OnKernel) -> Iterator[str]:
    found = list(rows(replace(outcome, kernels=(result,)), CHECKS))
    for status in _TOLD:
        yield from (f"{status} `{row.check}`, {row.names}: {_reason(row, result.kernel)}"
                    for row in found if row.status(result.kernel) == status)


def _reason(row: Row, kernel: str) -> str:
    told = row.cells[kernel][0].reason.splitlines()
    more = [] if len(told) <= _LINES else [f"and {len(told) - _LINES} more"]
    return "; ".join([*map(_code, told[:_LINES]), *more])


def _code(text: str) -> str:
    """Return words of a tool as they stand in a cell."""
    shown = text.strip().replace("`", "'").replace("|", "\\|")
    return f"`{shown}`"
