# SPDX-License-Identifier: GPL-2.0
"""What make bench found, for people: on the terminal, as CSV, in docs/performance.md, as a plot.

Of the page only what is between two marks is written; what stands around them stays.
"""

import csv
import io

from ..host import gnuplot
from ..host.markdown import between
from ..host.paths import BUILD, TOP
from .meter import Figure
from .readers import OURS, OWN, PEERS, Reader
from .results import GROWTH, Results
from .tables import markdown, plain, tables

PAGE = TOP / "docs/performance.md"
PLOT = TOP / "docs/performance.svg"
CSV = BUILD / "bench.csv"
BEGIN = "<!-- make bench writes what follows -->"
END = "<!-- make bench wrote what precedes -->"
# Of our readings of one file those by large pieces: the others lie on them.
_DRAWN = [reader for reader in (*OWN.values(), *PEERS) if reader.colour]


def _heading(results: Results) -> str:
    return (f"Linux {results.release} ({results.kernel}). Each figure is the median of several "
            "readings; the spread is the range of their middle half, in percent of the median")


def text(results: Results) -> str:
    """Return all that was measured, for a terminal."""
    return "\n\n".join([_heading(results), *map(plain, tables(results))])


def page(before: str, results: Results) -> str:
    """Return the page `before` with what was measured between its marks.

    Raises HarnessError where it has not each of them once.
    """
    parts = (f"{_heading(results)}. The wall clock is that of a guest under "
             f"{results.accelerator}.", *map(markdown, tables(results)),
             f"![Instructions of one reading against the number of tasks]({PLOT.name})")
    return between(before, (BEGIN, END), parts, PAGE.name)


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


def plot_script(results: Results) -> list[str]:
    """Return what has gnuplot draw each reader's cost against the number of processes, as SVG."""
    drawn = [reader for reader in _DRAWN if results.row(reader.id, GROWTH[-1])]
    drawn.sort(key=lambda reader: -_cost(results, reader))
    lines = ["set logscale xy", "set format x '%.0f'",
             "set format y '10^{%T}'", "set grid", "set key outside right reverse Left",
             "set xlabel 'processes of one thread each'",
             "set ylabel 'instructions for one reading'"]
    for reader in drawn:
        rows = filter(None, (results.row(reader.id, point) for point in GROWTH))
        lines += [f"${_name(reader)} << EOD",
                  *(f"{row.processes} {row.cost.median}" for row in rows), "EOD"]
    curves = (f"${_name(reader)} with linespoints linewidth {3 if reader in OURS else 1.5} "
              f"linecolor rgb '{reader.colour}' title '{reader.what}'" for reader in drawn)
    return [*lines, "plot " + ", \\\n  ".join(curves)]


def _cost(results: Results, reader: Reader) -> float:
    row = results.row(reader.id, GROWTH[-1])
    return row.cost.median if row else 0.0


def _name(reader: Reader) -> str:
    return reader.id.replace("-", "_")


def write(results: Results) -> None:
    """Write the CSV, the plot and the page.

    Raises HarnessError where the page has lost its marks, or gnuplot fails.
    """
    CSV.parent.mkdir(parents=True, exist_ok=True)
    CSV.write_text(to_csv(results), encoding="utf-8")
    made = page(PAGE.read_text(encoding="utf-8"), results)
    gnuplot.draw(PLOT, "1000,560", plot_script(results))
    PAGE.write_text(made, encoding="utf-8")
    print(f"\nWritten: {', '.join(str(path.relative_to(TOP)) for path in (PAGE, PLOT))} and {CSV}")
