# SPDX-License-Identifier: GPL-2.0
"""Tables for pages that people read."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]], rule: str = "---") -> list[str]:
    """Return the lines of a table; `rule` is the mark beneath each column but the first."""
    rules = ["---", *[rule] * (len(header) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (header, rules, *rows)]
