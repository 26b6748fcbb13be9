# SPDX-License-Identifier: GPL-2.0
"""How much of kmod the behaviours reach, and how much its own tests do, as a page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..host import markdown
from ..host.paths import TOP
from .coverage import Share, lines_of
from .gcov import Line
from .loaderpage import Unreached

PAGE = TOP / "docs/coverage-kmod.md"
Found = dict[str, list[Line]]
_HEADER = ("file", "lines that the behaviours reach", "lines that kmod's own tests reach")
_INTRODUCTION = """\
# Coverage of kmod

How many lines of kmod the behaviours run, counted by gcov: Debian's kmod {version}, built from its
source for this, in guests of {title}. Beside it what kmod's own tests (`make check`) run
of the same program; these need no kernel, but see a made-up one. `make coverage-kmod` measures both
and writes this page.

"""
_PROGRAMS = """
## The programs

`remove` is what modprobe -r has of its own in modprobe.c: the functions whose names begin with
`rmmod_`.

"""
_MISSED = """
## What no behaviour reaches

Functions with lines that never ran, and why where it is known; `own` is how many of these lines
kmod's own tests run.

"""


def programs(found: Found) -> dict[str, Share]:
    """Return how many lines ran of all the tools, and of what each of some is made of."""
    tools = {file: lines for file, lines in found.items() if file.startswith("tools/")}
    one = {name: lines_of([found[f"tools/{name}.c"]]) for name in ("rmmod", "insmod", "lsmod")}
    removing = [line for line in found["tools/modprobe.c"] if line.function.startswith("rmmod_")]
    return {"all of tools/": lines_of(tools.values()), "remove": lines_of([removing]), **one}


def page(version: str, title: str, rows: Found, own: Found, reasons: Iterable[Unreached]) -> str:
    """Return docs/coverage-kmod.md, of what ran in guests with that title and in its own tests."""
    files = sorted({*rows, *own})
    shares = [(f"`{file}`", _share(rows, file), _share(own, file)) for file in files]
    total = ("all", str(lines_of(rows.values())), str(lines_of(own.values())))
    theirs = programs(own)
    told = [(name, str(share), str(theirs[name])) for name, share in programs(rows).items()]
    return "".join([
        _INTRODUCTION.format(version=version, title=title),
        _table(_HEADER, [*shares, total]), _PROGRAMS, _table(("program", *_HEADER[1:]), told),
        _MISSED, _table(("file", "function", "lines", "own", "why"),
                        _missed(rows, own, {one.function: one.why for one in reasons}))])


def _share(found: Found, file: str) -> str:
    return str(lines_of([found[file]])) if file in found else "none"


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(markdown.table(header, rows)) + "\n"


def _missed(rows: Found, own: Found, why: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return what never ran in a guest, by file and function."""
    ran = {(file, line.number) for file, lines in own.items() for line in lines if line.count}
    missed = defaultdict(list)
    for file, lines in rows.items():
        for line in lines:
            if not line.count:
                missed[file, line.function].append((file, line.number))
    return [(f"`{file}`", f"`{function}()`", str(len(lines)), str(len(ran.intersection(lines))),
             why.get(function, "")) for (file, function), lines in sorted(missed.items())]
