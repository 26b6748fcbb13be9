# SPDX-License-Identifier: GPL-2.0
"""Which lines and branches of our modules and of the kernel ran in the guests, by its own gcov.

build.py has the modules count wherever the kernel can, and fromsource.py the files of the kernel
that the table names. That keeps the counts, of modules also once they are unloaded; they are
fetched before a guest ends, in a run that asked for them.
"""

import base64
import itertools
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..guest.vm import VM
from ..host.errors import GuestError, HarnessError
from ..host.paths import BUILD, TOP
from ..host.run import run
from ..kernels.kernel import Kernel

COUNTS = BUILD / "counts"
_FETCH = ("cd /sys/kernel/debug/gcov 2> /dev/null || exit 0; find . -name '*.gcda' | "
          "while read -r file; do echo $file $(base64 < $file | tr -d '\\n'); done")
# The compiler's counts of one object file, and what it needs to understand them.
_COUNTS, _NOTES = ".gcda", ".gcno"
# What gcov says of a line, as its JSON has it.
Counted = dict[str, Any]
_FUNCTION = re.compile(r"^(?=[a-z]).*?(\w+)\(", re.IGNORECASE)


def forget() -> None:
    """Remove what was kept of former runs."""
    shutil.rmtree(COUNTS, ignore_errors=True)


def fetch(vm: VM, counts: Path = COUNTS) -> None:
    """Add what ran in a guest to what is kept; nothing where it does not answer any more."""
    with suppress(GuestError):
        lines = vm.run("sh", "-c", _FETCH).out.splitlines()
        known = {str(place.relative_to(notes).with_suffix(_COUNTS))
                 for notes in (_stage(vm.parts.kernel), vm.parts.kernel.counted)
                 for place in notes.rglob(f"*{_NOTES}")}
        # Whatever this is the count of: a number of its own.
        own = counts / f"{os.getpid()}-{next(_guests)}"
        # A kernel that is locked down shows the names alone.
        for path, _, content in (line.partition(" ") for line in lines):
            for name in (name for name in known if content and path.endswith(f"/{name}")):
                place = own / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(base64.b64decode(content))


def _stage(kernel: Kernel) -> Path:
    """Return where the modules are built for a kernel."""
    return BUILD / kernel.release / "suite"


_guests = itertools.count()


@dataclass(frozen=True)
class Line:
    """A line of a source file that code was made of, how often it ran, and its branches did."""

    number: int
    text: str
    function: str
    count: int
    branches: tuple[int, ...]

    @property
    def covered(self) -> bool:
        """Whether it ran, and went every way that it can."""
        return self.count > 0 and all(self.branches)


def merge(counts: Path = COUNTS) -> Path:
    """Add up the counts of all guests, a directory of `counts` each; return where.

    Raises HarnessError where no guest had any.
    """
    return _merge(sorted(path for path in counts.iterdir()) if counts.is_dir() else [], counts)


def lines(kernel: Kernel, merged: Path) -> dict[str, list[Line]]:
    """Return the lines of each source file of the suite for that kernel, by what was added up.

    Raises HarnessError where gcov does not understand the counts.
    """
    return lines_below(merged, _stage(kernel), _stage(kernel), TOP)


def kernel_lines(kernel: Kernel, merged: Path) -> dict[str, list[Line]]:
    """Return the lines of each source file of the kernel that is counted.

    Raises HarnessError where gcov does not understand the counts.
    """
    return lines_below(merged, kernel.counted, Path("."), kernel.counted)


def lines_below(merged: Path, notes: Path, built: Path, sources: Path) -> dict[str, list[Line]]:
    """Return the lines of what the compiler's notes are of, and saw below `built`.

    Raises HarnessError where gcov does not understand the counts.
    """
    found: dict[str, list[Counted]] = {}
    for note in sorted(notes.rglob(f"*{_NOTES}")):
        counts = merged / note.relative_to(notes).with_suffix(_COUNTS)
        if not counts.exists():
            continue
        shutil.copy(note, counts.with_suffix(_NOTES))
        said = run(["gcov", "--stdout", "--json-format", "--branch-probabilities", counts],
                   f"read the counts of {counts.name}", cwd=merged)
        for name, counted in parse(json.loads(said), built):
            if (sources / name).exists():
                found.setdefault(name, []).extend(counted)
    return {name: lines_of(sources / name, counted) for name, counted in found.items()}


def _merge(guests: list[Path], counts: Path) -> Path:
    """Add up the counts of all guests."""
    if not guests:
        raise HarnessError("no guest ran a module that counts what runs: was anything tested?")
    first, *others = guests
    for number, other in enumerate(others):
        merged = counts.with_name(f"{counts.name}-merged-{number}")
        shutil.rmtree(merged, ignore_errors=True)
        run(["gcov-tool", "merge", "-o", merged, first, other], "add up the guests' counts")
        if number:
            shutil.rmtree(first)
        first = merged
    merged = counts.with_name(f"{counts.name}-merged")
    shutil.rmtree(merged, ignore_errors=True)
    shutil.copytree(first, merged)
    if others:
        shutil.rmtree(first)
    return merged


def parse(said: dict[str, list[dict[str, Any]]], stage: Path) -> Iterator[
        tuple[str, list[Counted]]]:
    """Yield path and lines of each of our own sources; a kernel's header is not one."""
    for file in said["files"]:
        path = os.path.normpath(file["file"])
        if Path(path).is_relative_to(stage):
            yield os.path.relpath(path, stage), file["lines"]


def lines_of(source: Path, counted: list[Counted]) -> list[Line]:
    """Return the lines of a source file that gcov told of, in all that it was compiled into."""
    texts = source.read_text(encoding="utf-8").splitlines()
    functions = [""]
    for text in texts:
        match = _FUNCTION.match(text)
        functions.append(match[1] if match else functions[-1])
    by_number: dict[int, Line] = {}
    for line in counted:
        number = line["line_number"]
        branches = tuple(branch["count"] for branch in line["branches"])
        # A function that was inlined in two places is told twice, also where it is a header's.
        before = by_number.get(number, Line(number, "", "", 0, ()))
        by_number[number] = Line(number, texts[number - 1].strip(), functions[number],
                                 before.count + line["count"],
                                 before.branches + branches)
    return [by_number[number] for number in sorted(by_number)]
