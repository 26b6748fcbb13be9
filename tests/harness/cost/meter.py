# SPDX-License-Identifier: GPL-2.0
"""What a reading costs in a guest, by ../bench/meter.c there; many of them, and their median."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from ..guest.places import GUEST_DIR
from ..guest.vm import VM
from ..host.errors import HarnessError

METER = f"{GUEST_DIR}/meter"
# Ten thousand million instructions take some minutes on a busy host.
_TIMEOUT = 1800.0


@dataclass(frozen=True)
class Figure:
    """A median of so many repeats, with the lowest and the highest of them.

    `spread` is the interquartile range, that of the middle half of them, in parts of the median.
    """

    median: float
    spread: float
    repeats: int
    lowest: float
    highest: float


@dataclass(frozen=True)
class Sample:
    """One reading: nanoseconds by the clock, those that a command ran, and calls of read()."""

    elapsed: int
    ran: int
    calls: int


def figure(values: Iterable[float]) -> Figure:
    """Return what these values come to; there must be one at least."""
    numbers = sorted(values)
    median = statistics.median(numbers)
    low, _, high = statistics.quantiles(numbers * (2 if len(numbers) == 1 else 1), n=4,
                                        method="inclusive")
    return Figure(median, (high - low) / median if median else 0.0, len(numbers), numbers[0],
                  numbers[-1])


def samples(text: str) -> list[Sample]:
    """Return the readings that the meter wrote, a line each.

    Raises HarnessError where that is not what it writes.
    """
    try:
        return [Sample(*map(int, line.split())) for line in text.splitlines()]
    except (TypeError, ValueError) as error:
        raise HarnessError(f"the meter wrote what is no measurement: {text[:80]!r}") from error


def measure(guest: VM, repeats: int, *reader: str) -> list[Sample]:
    """Have a reader of the meter's read so often in a guest; nothing else goes on there meanwhile.

    Raises HarnessError where it cannot.
    """
    return samples(guest.run(METER, str(repeats), *reader, timeout=_TIMEOUT, check=True).out)


def show(guest: VM, *reader: str) -> str:
    """Return what a reader of the meter's reads.

    Raises HarnessError where it cannot.
    """
    return guest.run(METER, "show", *reader, timeout=_TIMEOUT, check=True).out
