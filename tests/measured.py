# SPDX-License-Identifier: GPL-2.0
"""What make bench may have found, for tests of what comes of it."""

from harness.cost.meter import Figure
from harness.cost.readers import OURS, PEERS
from harness.cost.results import GROWTH, STATED, Results, Row

# What each reader costs for a task, by its id, whatever others there are.
COSTS = {name: 100.0 * n for n, name in enumerate(
    ("tasks-64k", "tasks-4k", "tasks-64", "threads", "report", "ps", "scan", "bpf-tasks",
     "bpf-records", "ps-threads", "scan-threads", "bpf-count", "floor"), start=1)}
_OTHER = 1400.0


def fixed(median: float) -> Figure:
    """A figure without spread."""
    return Figure(median, 0.0, 5, median, median)


def measured(*without: str) -> Results:
    """What a run may have found, without some peers."""
    found = Results("6.1-cloud", "6.1.0-1-cloud-amd64", accelerator="tcg", empty_read=200.0)
    for reader in (*OURS, *PEERS):
        if reader.id in without:
            found.missing[reader.id] = "the kernel has no BTF"
            continue
        cost = COSTS.get(reader.id, _OTHER)
        found.rows += [Row(reader, point, point.number, 2 * point.number,
                           fixed(cost * point.number), 2) for point in GROWTH]
        found.wall.append(Row(reader, STATED, STATED.number, STATED.number, fixed(1e4 * cost), 2))
    found.modprobe = {"ours": fixed(7e6), "empty": fixed(6.5e6)}
    found.sizes = {"core_mod": 16384, "walker_mod": 16384, "report_mod": 16384, "empty_core": 16384}
    return found
