# SPDX-License-Identifier: GPL-2.0
"""What was timed, for people: tables on the terminal, and in a section of docs/performance.md.

Of the page only what is between two marks is written; what stands around them stays.
"""

from ..cost.tables import Table, markdown, plain
from ..host.markdown import between
from ..host.paths import TOP
from .timings import COLD, READERS, WARM, Reader, Results, Spread

PAGE = TOP / "docs/performance.md"
BEGIN = "<!-- make bench-native writes what follows -->"
END = "<!-- make bench-native wrote what precedes -->"


def tables(results: Results) -> list[Table]:
    """Return all tables of what was timed."""
    return [
        _times(results, WARM), _times(results, COLD),
        _floors(results, WARM), _floors(results, COLD),
        _small(results, WARM), _small(results, COLD)]


def _times(results: Results, caches: str) -> Table:
    rows = []
    for reader in READERS:
        found = [results.one(reader.id, number, caches).each for number in results.numbers]
        rows.append((_name(reader), *(f"{each.median:.3g} ({each.least:.3g})" for each in found)))
    return Table(f"{caches.capitalize()}: nanoseconds a process, median (least)", _header(results),
                 rows)


def _floors(results: Results, caches: str) -> Table:
    rows = [(reader.what, *(_ratio(results, reader, number, caches) for number in results.numbers))
            for reader in READERS if not reader.is_floor]
    return Table(f"{caches.capitalize()}: times the floor, by the least of each; median (middle "
                 "half)", _header(results), rows)


def _ratio(results: Results, reader: Reader, number: int, caches: str) -> str:
    ratio = results.one(reader.id, number, caches).ratio
    return (f"{results.by_least(reader, number, caches):.2f}; {ratio.median:.2f} "
            f"({ratio.low:.2f} to {ratio.high:.2f})")


def _header(results: Results) -> tuple[str, ...]:
    return ("reader", *(f"{number:,}" for number in results.numbers))


def _name(reader: Reader) -> str:
    return f"{reader.what} of {reader.subject}" if reader.is_floor else reader.what


def _small(results: Results, caches: str) -> Table:
    rows = []
    for reader in READERS:
        pairs = [(results.one(reader.id, number, caches, huge=False).each,
                  results.one(reader.id, number, caches).each) for number in results.numbers]
        rows.append((_name(reader), *(_longer(small, huge) for small, huge in pairs)))
    return Table(f"{caches.capitalize()}: times as long with pages of 4 KiB, by medians (by the "
                 "least)", _header(results), rows)


def _longer(small: Spread, huge: Spread) -> str:
    return f"{small.median / huge.median:.2f} ({small.least / huge.least:.2f})"


def _heading(results: Results) -> str:
    lines = ", ".join(f"{number} of {what}" for what, number in results.lines.items())
    return (f"Linux {results.release}, on {results.processor}. Cache lines of each process that a "
            f"floor touches: {lines}.")


def text(results: Results) -> str:
    """Return all that was timed, for a terminal."""
    return "\n\n".join([_heading(results), *map(plain, tables(results))])


def page(before: str, results: Results) -> str:
    """Return the page `before` with what was timed between its marks.

    Raises HarnessError where it has not each of them once.
    """
    parts = (_heading(results), *map(markdown, tables(results)))
    return between(before, (BEGIN, END), parts, PAGE.name)


def write(results: Results) -> None:
    """Write the page.

    Raises HarnessError where it has lost its marks.
    """
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
