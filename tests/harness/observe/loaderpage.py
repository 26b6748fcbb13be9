# SPDX-License-Identifier: GPL-2.0
"""How much of the kernel's module loader the behaviours reach, as a page.

The debug kernel counts the lines of its own files that the table of kernels names. What no
behaviour reaches is told by function.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..host import markdown
from ..host.errors import HarnessError
from ..host.paths import TOP
from .coverage import branches_of, lines_of
from .gcov import Line

PAGE = TOP / "docs/coverage-loader.md"
LEAST = 90.0
Found = dict[str, list[Line]]
_INTRODUCTION = """\
# Coverage of the kernel's module loader

How many lines and branches of the kernel's own loader the behaviours and tests run, counted by gcov
on the debug kernel, {title}: of `kernel/module/*.c`, as far as its configuration has them, and of
`kernel/params.c`. `make coverage` measures it and writes this page. Of the branches many belong to
checks of the debug kernel's that never fail.

Beside it what the kernel's own tests of loading run on the same kernel: `kmod.sh` of
`tools/testing/selftests/kmod` with the module `test_kmod`, each of its tests once ({passed}).
Both have the lines that a boot runs. This kernel's source has no other test of the loader, and the
Linux Test Project, which has some, is no package of Debian's.

"""
_HEADER = ("file", "lines", "branches", "lines, own tests", "branches, own tests")
_MISSED = """
## What nothing reaches

Functions with lines that never ran, and why where it is known.

"""


@dataclass(frozen=True)
class Unreached:
    """Why lines of a function of the kernel, or of kmod, do not run."""

    function: str
    why: str


def page(title: str, found: Found, own: Found, passed: Mapping[str, bool],
         reasons: Iterable[Unreached]) -> str:
    """Return docs/coverage-loader.md, of what ran in guests of a kernel with that title.

    `own` is what ran in the kernel's own tests, and `passed` which of them passed.
    """
    why = {reason.function: reason.why for reason in reasons}
    shares = [(f"`{file}`", *_shares(lines), *_shares(own.get(file, [])))
              for file, lines in sorted(found.items())]
    total = ("all", *_shares(*found.values()), *_shares(*own.values()))
    missed = [(f"`{file}`", f"`{function}()`", str(len(lines)), why.get(function, ""))
              for (file, function), lines in sorted(_missed(found).items())]
    return "".join([
        _INTRODUCTION.format(title=title, passed=_told(passed)),
        "\n".join(markdown.table(_HEADER, [*shares, total])), "\n", _MISSED,
        "\n".join(markdown.table(("file", "function", "lines", "why"), missed)), "\n"])


def judge(found: Found) -> None:
    """Compare what ran with what is demanded.

    Raises HarnessError where it is too little.
    """
    ran = lines_of(found.values())
    if ran.percent < LEAST:
        raise HarnessError(f"{ran} of the loader's lines ran, and at least {LEAST:g} % must: add a "
                           "behaviour")


def _shares(*files: list[Line]) -> tuple[str, str]:
    return str(lines_of(files)), str(branches_of(files))


def _told(passed: Mapping[str, bool]) -> str:
    failed = [name for name, well in passed.items() if not well]
    return (f"{len(passed) - len(failed)} of {len(passed)} passed" +
            (f", not {', '.join(failed)}" if failed else ""))


def _missed(found: Found) -> dict[tuple[str, str], list[Line]]:
    """Return the lines that never ran, by file and function."""
    missed = defaultdict(list)
    for file, lines in found.items():
        for line in lines:
            if not line.count:
                missed[file, line.function].append(line)
    return missed
