# SPDX-License-Identifier: GPL-2.0
"""What was measured on a kernel, and among which tasks."""

from dataclasses import dataclass, field

from .meter import Figure
from .readers import Reader


@dataclass(frozen=True)
class Point:
    """What is measured among: so many "processes", or "threads" of one; and how often it is."""

    what: str
    number: int
    repeats: int

    def __str__(self) -> str:
        return f"{self.number:,} {self.what}"


# Modules that do nothing, beside which ours are loaded.
EMPTY = ("empty_core", "empty_walker", "empty_report")
# What the targets are stated for, and what bench-check measures.
STATED = Point("processes", 5000, 5)
# The processes of one stay for the next: pids grow with them, and have the same lengths each time.
GROWTH = (Point("processes", 100, 7), Point("processes", 1000, 7), STATED,
          Point("processes", 10000, 5), Point("processes", 50000, 3))
# Without these processes.
THREADS = Point("threads", 20000, 3)


@dataclass(frozen=True)
class Stretch:
    """What was held under RCU in a reading: sections, and instructions of the longest."""

    sections: int
    longest: int


@dataclass(frozen=True)
class Row:
    """What a reader's reading costs among so many tasks; `calls` are those of read() in it."""

    reader: Reader
    point: Point
    processes: int
    threads: int
    cost: Figure
    calls: int

    @property
    def number(self) -> int:
        """How many there were of what the reader's cost is told for one of."""
        return {"process": self.processes, "thread": self.threads, "scrape": 1}[self.reader.per]

    @property
    def each(self) -> float:
        """The cost for each process, or each thread, as the reader's is told."""
        return self.cost.median / self.number


@dataclass
class Results:
    """All that was measured on a kernel: in instructions, but `wall` is in nanoseconds.

    `empty_read` is what one read() of no bytes costs; `modprobe` is by whose modules;
    `stretches` are what each of our files has under RCU; `missing` is why a peer is not there;
    `accelerator` is how the guest of `wall` ran.
    """

    kernel: str
    release: str
    rows: list[Row] = field(default_factory=list)
    wall: list[Row] = field(default_factory=list)
    modprobe: dict[str, Figure] = field(default_factory=dict)
    wall_modprobe: dict[str, Figure] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    stretches: dict[tuple[str, Point], Stretch] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    empty_read: float = 0.0
    accelerator: str = ""

    def row(self, reader: str, point: Point = STATED) -> Row | None:
        """Return what a reader costs at a point, or None where it was not measured."""
        return _find(self.rows, reader, point)

    def wall_row(self, reader: str) -> Row | None:
        """Return what a reader takes by the host's clock, or None where it was not measured."""
        return _find(self.wall, reader, STATED)

    def ratio(self, above: str, below: str, point: Point = STATED) -> float | None:
        """Return how many times as much for each one reader costs as another, if both are there."""
        one, other = self.row(above, point), self.row(below, point)
        return one.each / other.each if one and other else None


def _find(rows: list[Row], reader: str, point: Point) -> Row | None:
    return next((row for row in rows if (row.reader.id, row.point) == (reader, point)), None)
