# SPDX-License-Identifier: GPL-2.0
"""How much of the kernel's module loader the behaviours reach, as a page.

The debug kernel counts the lines of its own files that the table of kernels names. What no
behaviour reaches is told by function.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..host import markdown
from ..host.paths import TOP
from .coverage import branches_of, lines_of
from .gcov import Line

PAGE = TOP / "docs/coverage-loader.md"
_INTRODUCTION = """\
# Coverage of the kernel's module loader

How many lines and branches of the kernel's own loader the behaviours and tests run, counted by gcov
on the debug kernel, {title}: of `kernel/module/*.c`, as far as its configuration has them, and of
`kernel/params.c`. `make coverage` measures it and writes this page. Of the branches many belong to
checks of the debug kernel's that never fail.

"""
_MISSED = """
## What nothing reaches

Functions with lines that never ran, and why where it is known.

"""


@dataclass(frozen=True)
class Unreached:
    """Why lines of a function of the kernel, or of kmod, do not run."""

    function: str
    why: str


def page(title: str, found: dict[str, list[Line]], reasons: Iterable[Unreached]) -> str:
    """Return docs/coverage-loader.md, of what ran in guests of a kernel with that title."""
    why = {reason.function: reason.why for reason in reasons}
    shares = [(f"`{file}`", str(lines_of([lines])), str(branches_of([lines])))
              for file, lines in sorted(found.items())]
    total = ("all", str(lines_of(found.values())), str(branches_of(found.values())))
    missed = [(f"`{file}`", f"`{function}()`", str(len(lines)), why.get(function, ""))
              for (file, function), lines in sorted(_missed(found).items())]
    return "".join([
        _INTRODUCTION.format(title=title),
        "\n".join(markdown.table(("file", "lines", "branches"), [*shares, total])), "\n", _MISSED,
        "\n".join(markdown.table(("file", "function", "lines", "why"), missed)), "\n"])


def _missed(found: dict[str, list[Line]]) -> dict[tuple[str, str], list[Line]]:
    """Return the lines that never ran, by file and function."""
    missed = defaultdict(list)
    for file, lines in found.items():
        for line in lines:
            if not line.count:
                missed[file, line.function].append(line)
    return missed
