# SPDX-License-Identifier: GPL-2.0
"""docs/matrix.md: what each kernel came to, and what every row and test came to on it.

The page is also what is known of kernels that did not run here: it is read, and what a run tells is
put in its place.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..host import markdown
from .row import Row

_INTRODUCTION = (
    "# The matrix", "",
    "The results of the last `make matrix`: it runs every behaviour and every test of the modules",
    "on every kernel of `tests/kernels.py`. The kmod is from the same Debian release as the other",
    "programs in the guest. Tests of programs of the host run only once, and are not listed.",
    "`make kernels` lists the kernels; `make behaviours KERNEL=<name>` runs the behaviours on one.",
    "")
_COLUMNS = ("kernel", "Linux", "kmod of", "result", "minutes")
_CELLS = {"passed": "pass", "skipped": "skip", "failed": "**FAILED**"}
_NOT_RUN = "not run"
# Of a file whose tests ask for what the kernel is not.
_SKIPPED = "skipped"


@dataclass
class Result:
    """What came of one kernel: why there was none of it, or verdicts.

    `verdicts` are ["passed" | "skipped" | "failed", reason] by row, and by test as file::name;
    `versions` is what people call it, `release` its own name; `partial` is a run of a part alone.
    """

    unavailable: str = ""
    release: str = ""
    versions: str = ""
    seconds: float = 0.0
    verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)
    partial: bool = False

    @property
    def failed(self) -> list[str]:
        """What failed."""
        return [name for name, (verdict, _) in self.verdicts.items() if verdict == "failed"]

    @property
    def words(self) -> str:
        """What came of it, in short."""
        if self.unavailable:
            return f"unavailable: {self.unavailable}"
        counts = Counter(verdict for verdict, _ in self.verdicts.values())
        return ", ".join(f"{counts[verdict]} {verdict}" for verdict in _CELLS if counts[verdict])


@dataclass(frozen=True)
class Column:
    """What the page has of a kernel: its line, verdicts of rows by id, cells of tests by file."""

    line: tuple[str, ...]
    rows: Mapping[str, tuple[str, str]]
    files: Mapping[str, str]


def column(name: str, userland: str, result: Result, before: Column | None = None) -> Column:
    """Return what the page is to have of a kernel; of a run of a part what was there `before`.

    A part of a file's tests tells nothing of the file, nor a part of a run of the kernel.
    """
    kmod = result.versions.rpartition(",")[2].replace("kmod", ":")
    line = (name, result.release, f"{userland}{kmod}", result.words, f"{result.seconds / 60:.1f}")
    rows = {row: verdict for row, verdict in result.verdicts.items() if "::" not in row}
    files = {test.partition("::")[0] for test in result.verdicts if "::" in test}
    cells = {file: _counts(result, file) for file in files}
    if result.partial and before:
        return Column(before.line, {**before.rows, **rows}, {**cells, **before.files})
    return Column(line, rows, cells)


def _counts(result: Result, file: str) -> str:
    counts = Counter(verdict for test, (verdict, _) in result.verdicts.items()
                     if test.startswith(f"{file}::"))
    if not counts["passed"] + counts["failed"]:
        return _SKIPPED
    return f"{counts['passed']} of {counts['passed'] + counts['failed']}"


def read(page: str) -> dict[str, Column]:
    """Return what a page has of each kernel."""
    head, _, rest = page.partition("\n## Behaviours\n")
    behaviours, _, tests = rest.partition("\n## Tests\n")
    reasons = dict(re.findall(r"^- (skip \(\d+\)): (.*)$", tests, re.MULTILINE))
    verdicts = {cell: (verdict, "") for verdict, cell in _CELLS.items()}
    verdicts |= {mark: ("skipped", why) for mark, why in reasons.items()}
    rows, files = _cells(behaviours), _cells(tests)
    found = (tuple(line.strip("| ").split(" | ")) for line in head.splitlines() if "|" in line)
    lines = {line[0]: line for line in found if len(line) == len(_COLUMNS) and line != _COLUMNS}
    return {name: Column(line,
                         {re.sub(r"\[(.*)\].*", r"\1", row): verdicts[cell]
                          for row, cell in rows.get(name, {}).items() if cell in verdicts},
                         {file.removesuffix(".py"): cell
                          for file, cell in files.get(name, {}).items()})
            for name, line in lines.items() if name != "---"}


def _cells(text: str) -> dict[str, dict[str, str]]:
    """Return the cells of tables that have the same columns, by column and then by row."""
    found: dict[str, dict[str, str]] = {}
    names: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        first, *cells = line.strip("| ").split(" | ")
        if "| --- |" in "".join(lines[number + 1:number + 2]):
            names = cells
        elif line.startswith("| ") and first != "---":
            for name, cell in zip(names, cells, strict=True):
                found.setdefault(name, {})[first] = cell
    return found


def write(columns: Mapping[str, Column], sections: Mapping[str, Sequence[Row]]) -> str:
    """Return the page of these kernels, and of the rows in their sections."""
    return "\n".join(_lines(columns, sections)) + "\n"


def _lines(columns: Mapping[str, Column], sections: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    yield from _INTRODUCTION
    yield from markdown.table(_COLUMNS, [column.line for column in columns.values()])
    reasons: dict[str, str] = {}
    there = {name: column for name, column in columns.items() if column.rows or column.files}
    yield from ("", "## Behaviours", "",
                "`skip`: not run on this kernel; the reason is at the end of the page.")
    for section, rows in sections.items():
        cells = [(f"[{row.id}](behaviours.md#{row.id})",
                  *(_cell(column.rows.get(row.id), reasons) for column in there.values()))
                 for row in rows]
        yield from ("", *markdown.table((section, *there), cells))
    files = sorted({file for column in there.values() for file in column.files})
    cells = [(f"{file}.py", *(column.files.get(file, _SKIPPED) for column in there.values()))
             for file in files]
    yield from ("", "## Tests", "",
                "How many tests of a file passed, of those that were not skipped.", "",
                *markdown.table(("file", *there), cells))
    if reasons:
        yield from ("", "## Reasons for a skip", "",
                    *(f"- {mark}: {why}" for why, mark in reasons.items()))


def _cell(verdict: tuple[str, str] | None, reasons: dict[str, str]) -> str:
    """Return a row's cell; a reason gets its mark when it first comes up."""
    if not verdict:
        return _NOT_RUN
    if not verdict[1]:
        return _CELLS[verdict[0]]
    return reasons.setdefault(verdict[1], f"skip ({len(reasons) + 1})")
