# SPDX-License-Identifier: GPL-2.0
"""make bench and make bench-check: what reading all tasks costs, by our files and by their peers.

Costs are instructions, in a guest whose clock counts them; what they are by the host's clock is
measured in another guest, for its ratios alone.
"""

import sys
from collections.abc import Iterable, Sequence

from ..cost import benchguest, figures, meter, publish, readers, scrapes
from ..cost.benchguest import INSTRUCTIONS
from ..cost.meter import Figure, Sample
from ..cost.readers import FLOOR, OURS, OWN, PEERS, Reader
from ..cost.results import EMPTY, GROWTH, STATED, THREADS, Point, Results, Row
from ..guest.vm import VM
from ..host.progress import step
from ..kernels import suite
from ..observe import loaded, taskfiles
from . import chosen

# So many times as often.
_CHEAP_REPEATS = 5
_EMPTY_READS = 100000
_MODPROBE_REPEATS = 9
_MODPROBE = {
    "ours": ("run", "modprobe report_mod", "modprobe -r report_mod walker_mod"),
    "empty": ("run", "modprobe empty_report", "modprobe -r empty_report empty_walker"),
}
# By the host's clock: in turns, as what else the host does comes and goes.
_WALL_ROUNDS = 5
_WALL_REPEATS = 3


def main() -> int:
    """Measure all; print tables, write CSV, plot, page, and the figures to keep; return 0.

    Raises HarnessError where a peer does not see the same tasks, or something cannot be had.
    """
    parts = chosen.parts(fixtures=False)
    kernel = parts.kernel
    results = Results(kernel.name, kernel.release)
    with benchguest.boot(parts, INSTRUCTIONS, GROWTH[-1].number, peers=True) as guest:
        there = _begin(guest, results)
        _grow(guest, results, there)
    with benchguest.boot(parts, "", STATED.number, peers=True) as guest:
        results.accelerator = guest.parts.accelerator
        _by_the_clock(guest, results, there)
    print(publish.text(results))
    publish.write(results)
    figures.keep(kernel.name, figures.own(results))
    return 0


def check() -> int:
    """Measure our own figures and compare them with those kept; return 1 where one is worse.

    Raises HarnessError where none are kept for the kernel, or something cannot be had.
    """
    name = chosen.kernel().name
    kept = figures.kept(name)
    verdicts = figures.compare(figures.own(ours_alone()), kept)
    print(figures.text(verdicts))
    worse = [verdict.id for verdict in verdicts if verdict.is_worse]
    if worse:
        print(f"taskmods: worse than {figures.SHOWN} has of {name}: {', '.join(worse)}",
              file=sys.stderr)
    return 1 if worse else 0


def ours_alone() -> Results:
    """Measure what figures are kept of, and nothing else.

    Raises HarnessError where something cannot be had.
    """
    parts = chosen.parts(fixtures=False)
    results = Results(parts.kernel.name, parts.kernel.release)
    with benchguest.boot(parts, INSTRUCTIONS, STATED.number, peers=False) as guest:
        _measure_modprobe(guest, results)
        _load(guest, results)
        with step(f"Measuring among {STATED}"):
            benchguest.populate(guest, STATED.what, STATED.number)
            results.rows += _measure(guest, STATED, (*OURS, FLOOR))
    return results


def _begin(guest: VM, results: Results) -> list[Reader]:
    """Measure what has no tasks, and load the rest; return the readers that this kernel runs."""
    _measure_modprobe(guest, results)
    _load(guest, results)
    empty = meter.measure(guest, STATED.repeats, "nothing", str(_EMPTY_READS), taskfiles.TASKS)
    results.empty_read = meter.figure(sample.elapsed for sample in empty).median / _EMPTY_READS
    return _there(guest, results)


def _there(guest: VM, results: Results) -> list[Reader]:
    why = benchguest.pin_iterators(guest)
    if why:
        results.missing |= {reader.id: why for reader in PEERS if reader.needs_bpf}
    return [reader for reader in (*OURS, *PEERS) if reader.id not in results.missing]


def _load(guest: VM, results: Results) -> None:
    benchguest.load(guest)
    guest.sh("modprobe empty_core")
    sizes = loaded.modules(guest)
    results.sizes = {name: sizes[name].size for name in (*suite.OURS.modules, EMPTY[0])}


def _measure_modprobe(guest: VM, results: Results) -> None:
    for whose, words in _MODPROBE.items():
        found = meter.measure(guest, _MODPROBE_REPEATS, *words)
        results.modprobe[whose] = meter.figure(sample.ran for sample in found)


def _grow(guest: VM, results: Results, there: Sequence[Reader]) -> None:
    """Measure among ever more processes; then, when they have ended, among threads."""
    before = 0
    jobs = []
    for point in GROWTH:
        with step(f"Measuring among {point}"):
            jobs.append(benchguest.populate(guest, point.what, point.number - before))
            before = point.number
            if point == GROWTH[0]:
                _check(guest, there)
            _measure_at(guest, results, point, there)
            if point == STATED:
                results.rows += _measure_scrapes(guest)
    with step(f"Measuring among {THREADS}"):
        for job in jobs:
            job.finish(benchguest.POPULATE_TIMEOUT)
        benchguest.populate(guest, THREADS.what, THREADS.number)
        _check(guest, there)
        _measure_at(guest, results, THREADS, there)


def _measure_scrapes(guest: VM) -> list[Row]:
    """Return what scrapes cost."""
    with scrapes.running(guest) as there:
        scrapes.check(guest, there)
        return _measure(guest, STATED, there)


def _check(guest: VM, there: Sequence[Reader]) -> None:
    for reader in there:
        readers.check(guest, reader)


def _measure(guest: VM, point: Point, there: Iterable[Reader]) -> list[Row]:
    """Return what each of the readers costs at a point, in instructions."""
    rows = []
    for reader in there:
        repeats = point.repeats * (_CHEAP_REPEATS if reader.is_cheap else 1)
        found = meter.measure(guest, repeats, *reader.words)
        # What waits for others has nothing executed meanwhile.
        cost = meter.figure(sample.ran or sample.elapsed for sample in found)
        rows.append(_row(guest, reader, point, cost, found))
    return rows


def _row(guest: VM, reader: Reader, point: Point, cost: Figure, found: Sequence[Sample]) -> Row:
    processes, threads = readers.totals(guest)
    return Row(reader, point, processes, threads, cost, found[-1].calls)


def _measure_at(guest: VM, results: Results, point: Point, there: Sequence[Reader]) -> None:
    results.rows += _measure(guest, point, there)
    if benchguest.can_trace_rcu(guest):
        for reader in OWN.values():
            results.stretches[reader.id, point] = benchguest.stretch(guest, *reader.words)


def _by_the_clock(guest: VM, results: Results, there: Sequence[Reader]) -> None:
    """Measure in a guest whose clock is the host's."""
    _load(guest, results)
    _there(guest, results)
    benchguest.populate(guest, STATED.what, STATED.number)
    with step("Measuring by the host's clock"), scrapes.running(guest) as exporters:
        results.wall = _in_turns(guest, there) + _in_turns(guest, exporters)
    guest.sh("modprobe -r report_mod walker_mod; modprobe -r empty_core")
    for whose, words in _MODPROBE.items():
        samples = meter.measure(guest, _WALL_ROUNDS * _WALL_REPEATS, *words)
        results.wall_modprobe[whose] = meter.figure(sample.elapsed for sample in samples)


def _in_turns(guest: VM, there: Sequence[Reader]) -> list[Row]:
    """Return what readers take by the clock, each measured again in every round."""
    found: dict[Reader, list[Sample]] = {reader: [] for reader in there}
    for _ in range(_WALL_ROUNDS):
        for reader in there:
            repeats = _WALL_REPEATS * (_CHEAP_REPEATS if reader.is_cheap else 1)
            found[reader] += meter.measure(guest, repeats, *reader.words)
    return [_row(guest, reader, STATED, meter.figure(sample.elapsed for sample in samples), samples)
            for reader, samples in found.items()]
