# SPDX-License-Identifier: GPL-2.0
"""Pages that people read: tables, and what commands write into them."""

from collections.abc import Iterable, Sequence

from .errors import HarnessError


def table(header: Sequence[str], rows: Iterable[Sequence[str]], rule: str = "---") -> list[str]:
    """Return the lines of a table; `rule` is the mark beneath each column but the first."""
    rules = ["---", *[rule] * (len(header) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (header, rules, *rows)]


def between(before: str, marks: tuple[str, str], parts: Iterable[str], name: str) -> str:
    """Return a page, called so, with `parts` between its two marks, which are lines of it.

    Raises HarnessError where it has not each of them once.
    """
    begin, end = marks
    if before.count(begin) != 1 or before.count(end) != 1:
        raise HarnessError(f"{name} must have the lines {begin} and {end}, each once: "
                           "get them back from git")
    head, _, rest = before.partition(begin)
    return head + "\n\n".join([begin, *parts, end]) + rest.partition(end)[2]
