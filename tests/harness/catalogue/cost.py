# SPDX-License-Identifier: GPL-2.0
"""What the page of the cost is told: the tables of docs/performance.md, and curves of these."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ..host.paths import TOP

PAGE = TOP / "docs/performance.md"
_TABLE = re.compile(r"^\*\*(.+)\*\*\n\n((?:\|.*\n)+)", re.MULTILINE)
_HEADING = re.compile(r"^Linux .*", re.MULTILINE)
_OF_A_FILE = re.compile(r"/proc/taskmods/(\w+), per (\w+), ")
_GROWTH = "Growth: instructions, "
# Curves nearer to one another than this lie on one another.
_SAME = 0.005


@dataclass(frozen=True)
class Table:
    """A table of the page; all but the first cell of a row are figures."""

    title: str
    header: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Curve:
    """What a reader costs: instructions per process, or thread; None where it was not measured.

    `subject` is the file of ours that it is compared with.
    """

    reader: str
    subject: str
    per: str
    values: list[float | None]


def data() -> dict[str, Any]:
    """Return all that the page has; `points` are the numbers of processes of a curve's values.

    A page without figures has no tables, and no curves.
    """
    text = PAGE.read_text(encoding="utf-8")
    heading = _HEADING.search(text)
    found = tables(text)
    growth = next((table for table in found if table.title.startswith(_GROWTH)),
                  Table("", ["", ""], []))
    return {"heading": heading[0] if heading else "",
            # The last column is of threads.
            "points": [int(cell.replace(",", "")) for cell in growth.header[1:-1]],
            "curves": [asdict(curve) for curve in _distinct(_curves(found, growth))],
            "tables": [asdict(table) for table in found]}


def tables(text: str) -> list[Table]:
    """Return the tables that have titles."""
    found = []
    for title, lines in _TABLE.findall(text):
        header, _, *rows = ([cell.strip() for cell in line.strip("| ").split(" | ")]
                            for line in lines.splitlines())
        found.append(Table(title, header, rows))
    return found


def _curves(found: list[Table], growth: Table) -> Iterator[Curve]:
    known = {name: cells[:-1] for name, *cells in growth.rows}
    for table in found:
        named = _OF_A_FILE.match(table.title)
        if not named:
            continue
        for reader, *_ in table.rows:
            cells = known.get(f"{reader}, per {named[2]}")
            if cells:
                yield Curve(reader, named[1], named[2], list(map(_number, cells)))


def _distinct(curves: Iterator[Curve]) -> list[Curve]:
    """Return the curves without those that lie on one before."""
    found: list[Curve] = []
    for curve in curves:
        if not any(_lies_on(curve, other) for other in found):
            found.append(curve)
    return found


def _lies_on(one: Curve, other: Curve) -> bool:
    return one.subject == other.subject and all(
        here and there and abs(here / there - 1) < _SAME
        for here, there in zip(one.values, other.values, strict=True))


def _number(cell: str) -> float | None:
    """Return what a cell has; nothing where that was not measured."""
    digits = cell.replace(",", "")
    return float(digits) if re.fullmatch(r"[\d.]+", digits) else None
