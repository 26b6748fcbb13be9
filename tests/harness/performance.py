# SPDX-License-Identifier: GPL-2.0
"""What make bench found, for people: as tables, as CSV, and in docs/performance.md with a plot.

Of the page only what is between two marks is written; what stands around them stays.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import host
from .build import SUITE
from .benchguest import EMPTY
from .errors import HarnessError
from .host import BUILD, TOP
from .meter import Figure
from .readers import OURS, PEERS, REPORT, TASKS, Reader
from .results import GROWTH, STATED, THREADS, Point, Results, Row

PAGE = TOP / "docs/performance.md"
PLOT = TOP / "docs/performance.svg"
CSV = BUILD / "bench.csv"
BEGIN = "<!-- make bench writes what follows -->"
END = "<!-- make bench wrote what precedes -->"
# Of a spread, in parts of the median, that is said to be large.
LARGE = 0.05
_NONE = "-"
# What is drawn: of our readings of one file those by large pieces, as the others lie on them.
_COLOURS = dict(zip((TASKS[0], REPORT, *PEERS),
                    ("#b40426", "#3b4cc0", "#e07b00", "#1b7837", "#9e6fb5", "#d53e9d", "#5aae61",
                     "#7a5c3e", "#555555"), strict=True))


@dataclass(frozen=True)
class Table:
    """A title, a header and rows; all but the first column are numbers."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Target:
    """What a figure must be, stated for 6.1: at least or at most so much."""

    what: str
    value: Callable[[Results], float | None]
    bound: float
    at_least: bool = False

    def row(self, results: Results) -> tuple[str, str, str, str]:
        """Return the target as a row: what, is, must, met."""
        must = f"{'at least' if self.at_least else 'at most'} {_number(self.bound)}"
        value = self.value(results)
        if value is None:
            return (self.what, _NONE, must, "not measured")
        met = value >= self.bound if self.at_least else value <= self.bound
        return (self.what, _number(value), must, "yes" if met else "NO")


def _each(reader: str) -> Callable[[Results], float | None]:
    return lambda results: row.each if (row := results.row(reader)) else None


def _ratio(above: str, below: str) -> Callable[[Results], float | None]:
    return lambda results: results.ratio(above, below)


def _growth(results: Results) -> float | None:
    first, last = (results.row(TASKS[0].id, point) for point in (GROWTH[1], GROWTH[-1]))
    return last.each / first.each if first and last else None


def in_kernel(row: Row, results: Results) -> float:
    """Return the instructions of a reading less its system calls' entry and exit."""
    return row.cost.median - row.calls * results.no_call


def _small_reads(results: Results) -> float | None:
    small, large = results.row("tasks-64"), results.row("tasks-64k")
    return in_kernel(small, results) / in_kernel(large, results) if small and large else None


def _modprobe(results: Results) -> float:
    return results.modprobe["ours"].median / results.modprobe["empty"].median


def _memory(results: Results) -> float:
    return sum(results.sizes[name] for name in SUITE) / 1024


TARGETS = (
    Target("tasks, 64 KiB reads: instructions per process", _each("tasks-64k"), 500),
    Target("ps / tasks", _ratio("ps", "tasks-64k"), 250, at_least=True),
    Target("C scan / tasks", _ratio("scan", "tasks-64k"), 40, at_least=True),
    Target("BPF iterator / tasks", _ratio("bpf-tasks", "tasks-64k"), 6, at_least=True),
    Target("report / bare loop", _ratio("report", "floor"), 1.2),
    Target(f"tasks, per process: {GROWTH[-1]} / {GROWTH[1].number:,}", _growth, 1.1),
    Target("tasks, 64 byte / 64 KiB reads, in the kernel", _small_reads, 1.5),
    Target("modprobe of ours / of empty modules", _modprobe, 1.2),
    Target("the three modules, KiB", _memory, 64),
)


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
    found = [_readers_table(results, own) for own in (TASKS[0], REPORT)]
    found += [_growth_table(results), _modprobe_table(results), _sizes_table(results)]
    if results.stretches:
        found.append(_rcu_table(results))
    found.append(Table("Targets, as stated for Linux 6.1",
                       ("figure", "is", "must be", "met"),
                       [target.row(results) for target in TARGETS]))
    return found


def _readers_table(results: Results, own: Reader) -> Table:
    title = f"/proc/taskmods/{own.subject}, per {own.per}, among {STATED}"
    header = ("reader", "instructions", "spread", "/ ours", "wall clock / ours", "its spread")
    return Table(title, header, [_reader_row(results, reader, own) for reader in _of(own)])


def _of(own: Reader) -> list[Reader]:
    return [reader for reader in (*OURS, *PEERS) if reader.subject == own.subject]


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
    return Table(f"Growth: instructions for each, among so many {GROWTH[0].what}, and {THREADS} "
                 "of one", ("reader", *_numbers(points)), rows)


def _modprobe_table(results: Results) -> Table:
    rows = []
    for whose, figure in results.modprobe.items():
        by_clock = (_by_clock(results.wall_modprobe[whose], results.wall_modprobe["ours"])
                    if results.wall_modprobe else (_NONE, _NONE))
        rows.append((f"three modules, {whose}", _number(figure.median), _spread(figure),
                     _times(figure.median, results.modprobe["ours"].median), *by_clock))
    return Table("modprobe, with what it loads first",
                 ("modules", "instructions", "spread", "/ ours", "wall clock / ours",
                  "its spread"), rows)


def _sizes_table(results: Results) -> Table:
    rows = [(name, f"{size:,}") for name, size in results.sizes.items() if name in SUITE]
    rows.append(("together", f"{sum(results.sizes[name] for name in SUITE):,}"))
    rows.append(("an empty module", f"{results.sizes[EMPTY[0]]:,}"))
    return Table("Memory, as lsmod shows it", ("module", "bytes"), rows)


def _rcu_table(results: Results) -> Table:
    points = (*GROWTH, THREADS)
    rows = []
    for reader in (TASKS[0], REPORT):
        found = [results.stretches.get((reader.id, point)) for point in points]
        rows += [(f"{reader.subject}: longest section",
                  *(f"{stretch.longest:,}" if stretch else _NONE for stretch in found)),
                 (f"{reader.subject}: sections",
                  *(f"{stretch.sections:,}" if stretch else _NONE for stretch in found))]
    return Table(f"Under RCU, at most {_rcu_bound()} at a time: instructions, the tracer's among "
                 f"them, with so many {GROWTH[0].what}, and {THREADS} of one",
                 ("file", *_numbers(points)), rows)


def _numbers(points: Sequence[Point]) -> list[str]:
    return [f"{point.number:,}" for point in points]


def _rcu_bound() -> str:
    """Return the modules' own words for how much they do in one section."""
    text = (TOP / "core_mod/internal.h").read_text(encoding="utf-8")
    found = re.search(r"^#define TCORE_(\w+)_PER_RCU (\d+)", text, re.MULTILINE)
    return f"{found[2]} {found[1].lower()}" if found else "as core_mod says"


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
    rule = ("---", *("---:",) * (len(table.header) - 1))
    rows = [table.header, rule, *table.rows]
    return "\n".join([f"**{table.title}**", "", *(f"| {' | '.join(row)} |" for row in rows)])


def _heading(results: Results) -> str:
    return (f"Linux {results.release} ({results.kernel}). Figures are medians; the spread is the "
            "interquartile range, in parts of the median")


def text(results: Results) -> str:
    """Return all that was measured, for a terminal."""
    return "\n\n".join([_heading(results), *map(plain, tables(results))])


def page(before: str, results: Results) -> str:
    """Return the page `before` with what was measured between its marks.

    Raises HarnessError where it has not each of them once.
    """
    if before.count(BEGIN) != 1 or before.count(END) != 1:
        raise HarnessError(f"{PAGE.name} must have the lines {BEGIN} and {END}, each once: "
                           "get them back from git")
    head, _, rest = before.partition(BEGIN)
    parts = [BEGIN, f"{_heading(results)}. The wall clock is that of a guest under "
             f"{results.accelerator}.", *map(markdown, tables(results)),
             f"![Instructions of one reading against the number of tasks]({PLOT.name})", END]
    return head + "\n\n".join(parts) + rest.partition(END)[2]


def _cells(figure: Figure) -> tuple[float, ...]:
    return (figure.repeats, figure.median, figure.lowest, figure.highest, round(figure.spread, 5))


def to_csv(results: Results) -> str:
    """Return each figure as a line of CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("kernel", "what", "unit", "among", "processes", "threads", "repeats", "median",
                     "lowest", "highest", "spread", "per", "each", "calls"))
    for unit, rows in (("instructions", results.rows), ("nanoseconds", results.wall)):
        for row in rows:
            writer.writerow((results.release, row.reader.id, unit, row.point, row.processes,
                             row.threads, *_cells(row.cost), row.reader.per, round(row.each, 2),
                             row.calls))
    for unit, found in (("instructions", results.modprobe), ("nanoseconds", results.wall_modprobe)):
        for whose, figure in found.items():
            writer.writerow((results.release, f"modprobe {whose}", unit, *3 * ("",),
                             *_cells(figure), *3 * ("",)))
    for name, size in results.sizes.items():
        writer.writerow((results.release, f"size {name}", "bytes", *4 * ("",), size, *6 * ("",)))
    return out.getvalue()


def plot_script(results: Results, path: str) -> str:
    """Return what has gnuplot draw each reader's cost against the number of processes, as SVG."""
    drawn = [reader for reader in _COLOURS if results.row(reader.id, GROWTH[-1])]
    drawn.sort(key=lambda reader: -_cost(results, reader))
    lines = ["set terminal svg size 1000,560 font 'sans-serif,13' background rgb 'white'",
             f"set output '{path}'", "set logscale xy", "set format x '%.0f'",
             "set format y '10^{%T}'", "set grid", "set key outside right reverse Left",
             "set xlabel 'processes of one thread each'",
             "set ylabel 'instructions for one reading'"]
    for reader in drawn:
        rows = filter(None, (results.row(reader.id, point) for point in GROWTH))
        lines += [f"${_name(reader)} << EOD",
                  *(f"{row.processes} {row.cost.median}" for row in rows), "EOD"]
    curves = (f"${_name(reader)} with linespoints linewidth {3 if reader in OURS else 1.5} "
              f"linecolor rgb '{_COLOURS[reader]}' title '{reader.what}'" for reader in drawn)
    return "\n".join([*lines, "plot " + ", \\\n  ".join(curves)]) + "\n"


def _cost(results: Results, reader: Reader) -> float:
    row = results.row(reader.id, GROWTH[-1])
    return row.cost.median if row else 0.0


def _name(reader: Reader) -> str:
    return reader.id.replace("-", "_")


def write(results: Results) -> None:
    """Write the CSV, the plot and the page.

    Raises HarnessError where the page has lost its marks, or gnuplot fails.
    """
    made = page(PAGE.read_text(encoding="utf-8"), results)
    CSV.parent.mkdir(parents=True, exist_ok=True)
    CSV.write_text(to_csv(results), encoding="utf-8")
    script = CSV.with_suffix(".gnuplot")
    script.write_text(plot_script(results, str(PLOT)), encoding="utf-8")
    host.run(["gnuplot", script], "draw the plot")
    PAGE.write_text(made, encoding="utf-8")
    print(f"\nWritten: {', '.join(str(path.relative_to(TOP)) for path in (PAGE, PLOT))} and {CSV}")
