# SPDX-License-Identifier: GPL-2.0
"""What was expected and what was seen: a failure shows them side by side."""

from typing import Any

_WIDTH = 34


class Mismatch(AssertionError):
    """Something else was seen than expected; the message has both."""


def expect(what: str, expected: Any, seen: Any, fits: bool) -> None:
    """Go on if what is seen fits.

    Raises Mismatch, which shows both side by side, line by line, where it does not.
    """
    if not fits:
        raise Mismatch(_beside(what, expected, seen))


def _beside(what: str, expected: Any, seen: Any) -> str:
    """Return two values side by side, with a mark where lines differ."""
    columns = [value if isinstance(value, list) else str(value).splitlines() or [""]
               for value in (expected, seen)]
    width = max([_WIDTH, *(len(str(line)) for line in columns[0])])
    lines = [f"{what}:", f"    {'expected':{width}}   seen"]
    for number in range(max(map(len, columns))):
        left, right = (str(column[number]) if number < len(column) else "" for column in columns)
        lines.append(f"  {'!' if left != right else ' '} {left:{width}}   {right}".rstrip())
    return "\n".join(lines)
