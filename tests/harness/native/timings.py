# SPDX-License-Identifier: GPL-2.0
"""What readings took: nanoseconds for each task, beside the floor measured in the same round."""

import json
import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from ..host.errors import HarnessError
from ..host.paths import TOP

KEPT = TOP / "tests/bench/native.json"
SHOWN = str(KEPT.relative_to(TOP))
WARM, COLD = "warm", "cold"
# Each with its floor, in ../../bench/native/main.c.
FLOOR = "-floor"
NOTHING = "tasks-nothing"
_LINES = "lines "


@dataclass(frozen=True)
class Reader:
    """A way to read all tasks: how ../../bench/native/main.c calls it, what it is, what it reads.

    One that `is_file` opens a file, and so has to do what reading an empty one takes.
    """

    id: str
    what: str
    subject: str
    is_file: bool = False

    @property
    def is_floor(self) -> bool:
        """Whether it is the floor of what it reads."""
        return self.id.endswith(FLOOR)


READERS = (
    Reader("tasks", "tasks", "tasks", True),
    Reader("tasks-walk", "core_mod's walk, no text", "tasks"),
    Reader("tasks-walk-locked", "the same, a lock for each name", "tasks"),
    Reader("tasks-plain", "a plain seq_file, same columns", "tasks", True),
    Reader("tasks-loop", "for_each_process, same fields", "tasks"),
    Reader(NOTHING, "an empty file", "tasks"),
    Reader("tasks-floor", "the floor", "tasks"),
    Reader("threads", "threads", "threads", True),
    Reader("threads-floor", "the floor", "threads"),
    Reader("report", "report", "report", True),
    Reader("report-loop", "for_each_process_thread, counting", "report"),
    Reader("report-floor", "the floor", "report"),
)
BY_ID = {reader.id: reader for reader in READERS}


@dataclass(frozen=True)
class Spread:
    """Of some readings the least, the median, and the ends of their middle half."""

    least: float
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Timing:
    """What a reader took: among so many processes, the kernel's own included; with which caches.

    `each` is nanoseconds for each of them. `ratio` is how many times what the floor took in the
    same round; of a file what an empty one took is taken off before.
    """

    reader: str
    among: int
    tasks: int
    caches: str
    each: Spread
    ratio: Spread


@dataclass(frozen=True)
class Turn:
    """One reading: of which reader, with which caches, and its nanoseconds."""

    reader: str
    caches: str
    tasks: int
    elapsed: int


def spread(values: Sequence[float]) -> Spread:
    """Return what these values, two or more, come to."""
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(*(round(value, 3) for value in (min(values), low, median, high)))


def timings(text: str) -> list[Timing]:
    """Return what came of a run, from what ../../bench/init.c wrote.

    Raises HarnessError where that is not what it writes.
    """
    found: list[Timing] = []
    for part in text.split("among ")[1:]:
        number, *rest = part.removesuffix("ok\n").splitlines()
        turns = [_turn(line) for line in rest if not line.startswith(_LINES)]
        for caches in (WARM, COLD):
            found += _of_one(int(number), [turn for turn in turns if turn.caches == caches])
    return found


def lines(text: str) -> dict[str, int]:
    """Return of how many cache lines each task has that a floor touches, by what is read."""
    found = re.findall(rf"^{_LINES}(\w+) (\d+)$", text, re.MULTILINE)
    return {name: int(number) for name, number in found}


def _turn(line: str) -> Turn:
    try:
        reader, caches, tasks, elapsed = line.split()
        return Turn(reader, caches, int(tasks), int(elapsed))
    except ValueError as error:
        raise HarnessError(f"what is timed wrote what is no measurement: {line[:80]!r}") from error


def _of_one(among: int, turns: list[Turn]) -> Iterator[Timing]:
    """Return what came of the turns at one point, with caches of one kind."""
    by_reader = {reader.id: [turn for turn in turns if turn.reader == reader.id]
                 for reader in READERS}
    for reader in READERS:
        rounds = list(zip(by_reader[reader.id], by_reader[reader.subject + FLOOR],
                          by_reader[NOTHING], strict=True))
        each = [own.elapsed / floor.tasks for own, floor, _ in rounds]
        ratio = [(own.elapsed - reader.is_file * nothing.elapsed) / floor.elapsed
                 for own, floor, nothing in rounds]
        yield Timing(reader.id, among, rounds[0][1].tasks, turns[0].caches, spread(each),
                     spread(ratio))


@dataclass(frozen=True)
class Results:
    """All that was measured: with memory of huge pages, and with small ones.

    `lines` is of how many cache lines each task has that a floor touches, by what is read.
    """

    release: str
    processor: str
    lines: dict[str, int]
    huge: list[Timing]
    small: list[Timing]

    def one(self, reader: str, among: int, caches: str, huge: bool = True) -> Timing:
        """Return what a reader took; it must have been measured."""
        return next(timing for timing in (self.huge if huge else self.small)
                    if (timing.reader, timing.among, timing.caches) == (reader, among, caches))

    def by_least(self, reader: Reader, among: int, caches: str, beside: Reader | None = None
                 ) -> float:
        """Return how many times what another took a reader did, each at its best.

        The other is the floor if none is named. What else the host does only ever adds to a
        reading. Of a file what an empty one took is taken off.
        """
        other = beside or BY_ID[reader.subject + FLOOR]
        return self._own(reader, among, caches) / self._own(other, among, caches)

    def _own(self, reader: Reader, among: int, caches: str) -> float:
        """Return the least that a reader took, without what reading an empty file takes."""
        nothing = self.one(NOTHING, among, caches).each.least if reader.is_file else 0
        return self.one(reader.id, among, caches).each.least - nothing

    @property
    def numbers(self) -> list[int]:
        """Among how many processes there are timings with huge pages, the fewest first."""
        return sorted({timing.among for timing in self.huge})


def keep(results: Results) -> None:
    """Write what was measured, in the place of what was kept.

    Raises OSError where it cannot be written.
    """
    KEPT.write_text(json.dumps(asdict(results), indent=1) + "\n", encoding="ascii")
