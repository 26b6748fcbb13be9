# SPDX-License-Identifier: GPL-2.0
"""What our figures must be."""

from collections.abc import Callable
from dataclasses import dataclass

from ..kernels.suite import OURS
from .readers import TASKS
from .results import GROWTH, STATED, Results, Row


@dataclass(frozen=True)
class Target:
    """What a figure must be, stated for 6.1: at least or at most so much."""

    what: str
    value: Callable[[Results], float | None]
    bound: float
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Return whether a value is as it must be."""
        return value >= self.bound if self.at_least else value <= self.bound


def _each(reader: str) -> Callable[[Results], float | None]:
    return lambda results: row.each if (row := results.row(reader)) else None


def _ratio(above: str, below: str) -> Callable[[Results], float | None]:
    return lambda results: results.ratio(above, below)


def _report(results: Results) -> float | None:
    """Return the most of those with as many tasks as is stated and more: fewer do not weigh."""
    ratios = (results.ratio("report", "floor", point) for point in GROWTH
              if point.number >= STATED.number)
    return max((ratio for ratio in ratios if ratio is not None), default=None)


def _growth(results: Results) -> float | None:
    first, last = (results.row(TASKS[0].id, point) for point in (GROWTH[1], GROWTH[-1]))
    return last.each / first.each if first and last else None


def in_kernel(row: Row, results: Results) -> float:
    """Return the instructions of a reading less what its system calls do whatever they read."""
    return row.cost.median - row.calls * results.empty_read


def _small_reads(results: Results) -> float | None:
    small, large = results.row("tasks-64"), results.row("tasks-64k")
    return in_kernel(small, results) / in_kernel(large, results) if small and large else None


def _modprobe(results: Results) -> float:
    return results.modprobe["ours"].median / results.modprobe["empty"].median


def _memory(results: Results) -> float:
    return sum(results.sizes[name] for name in OURS.modules) / 1024


TARGETS = (
    Target("tasks, 64 KiB reads: instructions per process", _each("tasks-64k"), 380),
    Target("threads, 64 KiB reads: instructions per thread", _each("threads"), 510),
    Target("ps / tasks", _ratio("ps", "tasks-64k"), 250, at_least=True),
    Target("C scan / tasks", _ratio("scan", "tasks-64k"), 40, at_least=True),
    Target("BPF iterator / tasks", _ratio("bpf-tasks", "tasks-64k"), 6, at_least=True),
    Target(f"report / bare loop, from {STATED} on", _report, 1.2),
    Target(f"tasks, per process: {GROWTH[-1]} / {GROWTH[1].number:,}", _growth, 1.1),
    Target("tasks, 64 byte / 64 KiB reads, in the kernel", _small_reads, 1.5),
    Target("modprobe of ours / of empty modules", _modprobe, 1.2),
    Target("the three modules, KiB", _memory, 64),
    Target(f"taskmods metrics, among {STATED}: instructions", _each("metrics"), 6_000_000),
)
