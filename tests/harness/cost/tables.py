# SPDX-License-Identifier: GPL-2.0
"""What make bench found, as tables: for a terminal, and for a page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..host.markdown import table as markdown_table
from ..host.paths import TOP
from ..kernels import suite
from .meter import Figure
from .readers import OURS, OWN, PEERS, Reader
from .results import EMPTY, GROWTH, STATED, THREADS, Point, Results
from .scrapes import METRICS, SCRAPES
from .targets import TARGETS, Target

# Of a spread, in parts of the median, that is said to be large.
LARGE = 0.05
_NONE = "-"
# RADIX_TREE_MAP_SIZE, but where memory is scarce.
_PIDS_OF_A_NODE = 64


@dataclass(frozen=True)
class Table:
    """A title, a header and rows; all but the first column are numbers."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def _spread(figure: Figure) -> str:
    return f"{100 * figure.spread:.1f} %{' (large)' if figure.spread > LARGE else ''}"


def _times(above: float, below: float) -> str:
    return f"{_number(float(f'{above / below:.3g}'))} x"


def _by_clock(time: Figure, base: Figure) -> tuple[str, str]:
    """Return a ratio of times, each the lowest: other work of the host's only ever adds to it."""
    return _times(time.lowest, base.lowest), _spread(time)


def tables(results: Results) -> list[Table]:
    """Return all tables of what was measured."""
    found = [_readers_table(results, own, f"/proc/taskmods/{own.subject}, per {own.per}, among "
                            f"{STATED}") for own in OWN.values()]
    found.append(_readers_table(results, METRICS, f"Metrics for Prometheus, per scrape, among "
                                f"{STATED}"))
    found += [_growth_table(results), _modprobe_table(results), _sizes_table(results)]
    if results.stretches:
        found.append(_rcu_table(results))
    found.append(Table("Targets, as stated for Linux 6.1",
                       ("figure", "is", "must be", "met"),
                       [_target_row(target, results) for target in TARGETS]))
    return found


def _target_row(target: Target, results: Results) -> tuple[str, str, str, str]:
    value = target.value(results)
    if value is None:
        return (target.what, _NONE, must(target), "not measured")
    return (target.what, _number(value), must(target), "yes" if target.is_met(value) else "NO")


def must(target: Target) -> str:
    """Return what a figure must be, as the tables say it."""
    return f"{'at least' if target.at_least else 'at most'} {_number(target.bound)}"


def _readers_table(results: Results, own: Reader, title: str) -> Table:
    header = ("reader", "instructions", "spread", "times ours", "wall clock, times ours",
              "spread of the wall clock")
    return Table(title, header, [_reader_row(results, reader, own) for reader in _of(own)])


def _of(own: Reader) -> list[Reader]:
    return [reader for reader in (*OURS, *PEERS, *SCRAPES) if reader.subject == own.subject]


def _reader_row(results: Results, reader: Reader, own: Reader) -> tuple[str, ...]:
    row, base = results.row(reader.id), results.row(own.id)
    if not row or not base:
        return (f"{reader.what}: missing: {results.missing.get(reader.id, 'not run')}",
                *5 * (_NONE,))
    wall, wall_base = results.wall_row(reader.id), results.wall_row(own.id)
    by_clock = _by_clock(wall.cost, wall_base.cost) if wall and wall_base else (_NONE, _NONE)
    return (reader.what, _number(row.each), _spread(row.cost), _times(row.each, base.each),
            *by_clock)


def _growth_table(results: Results) -> Table:
    points = (*GROWTH, THREADS)
    rows = []
    for reader in (*OURS, *PEERS):
        found = [results.row(reader.id, point) for point in points]
        if any(found):
            rows.append((f"{reader.what}, per {reader.per}",
                         *(_number(row.each) if row else _NONE for row in found)))
    return Table(f"Growth: instructions, with so many {GROWTH[0].what}; in the last column, "
                 f"{THREADS} of one process", ("reader", *_numbers(points)), rows)


def _modprobe_table(results: Results) -> Table:
    rows = []
    for whose, figure in results.modprobe.items():
        by_clock = (_by_clock(results.wall_modprobe[whose], results.wall_modprobe["ours"])
                    if results.wall_modprobe else (_NONE, _NONE))
        rows.append((f"three modules, {whose}", _number(figure.median), _spread(figure),
                     _times(figure.median, results.modprobe["ours"].median), *by_clock))
    return Table("modprobe, with what it loads first",
                 ("modules", "instructions", "spread", "times ours", "wall clock, times ours",
                  "spread of the wall clock"), rows)


def _sizes_table(results: Results) -> Table:
    ours = suite.OURS.modules
    rows = [(name, f"{size:,}") for name, size in results.sizes.items() if name in ours]
    rows.append(("together", f"{sum(results.sizes[name] for name in ours):,}"))
    rows.append(("an empty module", f"{results.sizes[EMPTY[0]]:,}"))
    return Table("Memory, as lsmod shows it", ("module", "bytes"), rows)


def _rcu_table(results: Results) -> Table:
    points = (*GROWTH, THREADS)
    rows = []
    for reader in OWN.values():
        found = [results.stretches.get((reader.id, point)) for point in points]
        rows += [(f"{reader.subject}: longest section",
                  *(f"{stretch.longest:,}" if stretch else _NONE for stretch in found)),
                 (f"{reader.subject}: sections",
                  *(f"{stretch.sections:,}" if stretch else _NONE for stretch in found))]
    return Table(f"Under RCU, at most {_rcu_bound()} at a time: instructions, the tracer's too, "
                 f"with so many {GROWTH[0].what}; in the last column, {THREADS} of one process",
                 ("file", *_numbers(points)), rows)


def _numbers(points: Sequence[Point]) -> list[str]:
    return [f"{point.number:,}" for point in points]


def _rcu_bound() -> str:
    """Return what core_mod's source has as the most that one section looks at."""
    text = (TOP / "core_mod/pids.h").read_text(encoding="utf-8")
    found = re.search(r"^#define TCORE_NODES_PER_RCU (\d+)$", text, re.MULTILINE)
    assert found, "core_mod/pids.h does not say how much it looks at"
    return f"{int(found[1]) * _PIDS_OF_A_NODE} pids"


def plain(table: Table) -> str:
    """Return a table for a terminal: aligned, numbers to the right."""
    lines = [table.header, *table.rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(table.header))]
    rows = ["  ".join([line[0].ljust(widths[0]),
                       *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]).rstrip()
            for line in lines]
    return "\n".join([table.title, *rows])


def markdown(table: Table) -> str:
    """Return a table for a page."""
    lines = markdown_table(table.header, table.rows, "---:")
    return "\n".join([f"**{table.title}**", "", *lines])
