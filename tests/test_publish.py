# SPDX-License-Identifier: GPL-2.0
"""What make bench writes: tables, targets, the page, and CSV."""

import csv
import re
from dataclasses import replace

import pytest
from measured import measured

from harness.cost import publish, tables, targets
from harness.cost.readers import OURS, REPORT
from harness.cost.results import GROWTH
from harness.host.errors import HarnessError


@pytest.mark.host
def test_a_missing_peer_is_told_with_its_reason() -> None:
    """And nothing else is missing for it."""
    results = measured("bpf-tasks")
    said = publish.text(results)
    assert "\nBPF iterator, same columns: missing: the kernel has no BTF  " in said
    assert re.search(r"\nBPF iterator / tasks +- +at least 6 +not measured\n", said)
    assert re.search(r"\nps / tasks +6 +at least 250 +NO\n", said)
    assert "bpf_tasks" not in "\n".join(publish.plot_script(results))


@pytest.mark.host
def test_targets_are_met_or_not() -> None:
    results = measured()
    said = publish.text(results)
    assert re.search(r"tasks, 64 KiB reads: instructions per process +100 +at most 380 +yes", said)
    assert re.search(r"C scan / tasks +7 +at least 40 +NO", said)
    # Of 300 and 100 instructions a process, two calls of 200 are no part.
    small = targets.in_kernel(results.rows[2 * len(GROWTH)], results)
    assert small == 300 * GROWTH[0].number - 400


@pytest.mark.host
def test_the_page_has_every_target_met() -> None:
    """It is of the last make bench: what was stated since then wants another one."""
    page = publish.PAGE.read_text(encoding="utf-8")
    assert [target.what for target in targets.TARGETS if not re.search(
        rf"^\| {re.escape(target.what)} \| [\d.,]+ \| {tables.must(target)} \| yes \|$", page,
        re.MULTILINE)] == []


@pytest.mark.host
def test_what_is_written_by_hand_stays_on_the_page() -> None:
    page = publish.PAGE.read_text(encoding="utf-8")
    made = publish.page(page, measured())
    assert publish.page(made, measured()) == made
    for mark in (publish.BEGIN, publish.END):
        with pytest.raises(HarnessError, match="must have the lines .*, each once: get them back"):
            publish.page(page.replace(mark, ""), measured())
    assert made.partition(publish.BEGIN)[0] == page.partition(publish.BEGIN)[0]
    assert made.partition(publish.END)[2] == page.partition(publish.END)[2]
    assert "| ps -eo pid,ppid,stat,comm | 600 | 0.0 % | 6 x | 6 x | 0.0 % |" in made


@pytest.mark.host
def test_a_large_spread_is_told() -> None:
    results = measured()
    results.rows = [replace(row, cost=replace(row.cost, spread=0.051 if row.reader is REPORT else
                                              0.049)) for row in results.rows]
    said = publish.text(results)
    assert re.search(r"\nreport +250 +5.1 % \(large\) ", said)
    assert re.search(r"\ntasks, 64 KiB reads +100 +4.9 %  ", said)


@pytest.mark.host
def test_the_wall_clocks_ratios_are_of_the_lowest() -> None:
    results = measured()
    results.wall = [replace(row, cost=replace(row.cost, lowest=1e6 if row.reader is OURS[0] else
                                              3e6)) for row in results.wall]
    assert re.search(r"\nps .* 6 x +3 x  ", publish.text(results))


@pytest.mark.host
def test_csv_has_each_figure() -> None:
    results = measured()
    header, *rows = csv.reader(publish.to_csv(results).splitlines())
    assert all(len(row) == len(header) for row in rows)
    assert len(rows) == len(results.rows) + len(results.wall) + 2 + len(results.sizes)
