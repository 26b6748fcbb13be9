# SPDX-License-Identifier: GPL-2.0
"""make bench: figures are what was measured, peers see the same tasks, what gets worse is told."""

import csv
import re
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from harness.commands import bench, chosen
from harness.cost import benchguest, figures, meter, publish, readers, scrapes, targets
from harness.cost.meter import Figure, Sample
from harness.cost.readers import BY_ID, FLOOR, OURS, PEERS, REPORT
from harness.cost.results import GROWTH, STATED, Results, Row
from harness.host.errors import HarnessError
from harness.host.paths import TOP

# What the meter wrote.
LINES = "1500 0 3\n1400 1390 2\n"
LISTING = (
    "PID\tPPID\tSTATE\tCOMM\tPARENT\n1\t0\tS\tinit\tswapper/0\n2\t0\tS\tkthreadd\tswapper/0\n"
    "7\t2\tI\tkworker/0:0\tkthreadd\n9\t1\tS\ttmux: server\tinit\n12\t1\tR\tmeter\tinit\n")
# A name's end may be followed by what was there before.
RECORDS = "".join(struct.pack("<ii16s16sc", pid, ppid, comm, parent, b"S").decode("latin-1")
                  for pid, ppid, comm, parent in (
                      (1, 0, b"init\0old", b"swapper/0"), (2, 0, b"kthreadd", b"swapper/0"),
                      (7, 2, b"kworker/0:0", b"kthreadd"), (9, 1, b"tmux: server", b"init")))
# What peers show: by whose columns, and what is said where it is not what ours shows.
SHOWN = {
    "same": ("scan", "1\t0\tS\tinit\n2\t0\tS\tkthreadd\n7\t2\tI\tkworker/0:0-mm\n"
             "9\t1\tS\ttmux: server\n15\t1\tR\tmeter\n", ""),
    "columns": ("ps", "    PID    PPID STAT COMMAND\n      1       0 Ss   init\n"
                "      2       0 S    kthreadd\n      7       2 I<   kworker/0:0\n"
                "      9       1 S    tmux: server <defunct>\n     16       1 R    ps\n", ""),
    "records": ("bpf-records", RECORDS, ""),
    "a record less": ("bpf-records", RECORDS[41:], "it lacks 1/0/init/swapper/0"),
    "one less": ("scan", "1\t0\tS\tinit\n2\t0\tS\tkthreadd\n9\t1\tS\ttmux: server\n",
                 "it lacks 7/2"),
    "another parent": ("scan", "1\t0\tS\tinit\n2\t0\tS\tkthreadd\n7\t2\tI\tx\n"
                       "9\t2\tS\ttmux: server\n",
                       "it lacks 9/1/tmux: server, it has 9/2"),
    "another parent's name": ("bpf-tasks", LISTING.replace("server\tinit", "server\tlogin"),
                              "it lacks 9/1/tmux: server/init, it has 9/1/tmux: server/login"),
}


def fixed(median: float) -> Figure:
    """A figure without spread."""
    return Figure(median, 0.0, 5, median, median)


def measured(*without: str) -> Results:
    """What a run may have found, without some peers."""
    found = Results("6.1-cloud", "6.1.0-1-cloud-amd64", accelerator="tcg", empty_read=200.0)
    for n, reader in enumerate((*OURS, *PEERS), start=1):
        if reader.id in without:
            found.missing[reader.id] = "the kernel has no BTF"
            continue
        found.rows += [Row(reader, point, point.number, 2 * point.number,
                           fixed(100.0 * n * point.number), 2) for point in GROWTH]
        found.wall.append(Row(reader, STATED, STATED.number, STATED.number, fixed(1e6 * n), 2))
    found.modprobe = {"ours": fixed(7e6), "empty": fixed(6.5e6)}
    found.sizes = {"core_mod": 16384, "walker_mod": 16384, "report_mod": 16384, "empty_core": 16384}
    return found


@pytest.mark.host
def test_what_the_meter_writes() -> None:
    assert meter.samples(LINES) == [Sample(1500, 0, 3), Sample(1400, 1390, 2)]
    for text in ("1500 0\n", "1500 0 many\n", "1 2 3 4\n"):
        with pytest.raises(HarnessError, match="the meter wrote what is no measurement: '"):
            meter.samples(text)


@pytest.mark.host
def test_a_figure_is_a_median_and_the_middle_half() -> None:
    assert meter.figure([10, 30, 20, 1000, 25]) == Figure(25, 0.4, 5, 10, 1000)
    assert meter.figure([7]) == Figure(7, 0, 1, 7, 7)
    assert meter.figure([4, 4, 4]).spread == 0


@pytest.mark.host
@pytest.mark.parametrize("case", SHOWN)
def test_a_peer_must_show_what_ours_does(case: str) -> None:
    peer, text, says = SHOWN[case]
    ours = BY_ID["tasks-64k"].seen(LISTING)
    assert readers.compare(ours, BY_ID[peer].seen(text)) == says


@pytest.mark.host
def test_counts_are_compared_by_state() -> None:
    """But for those that the kernel's workers go between, which are one."""
    ours = REPORT.seen("STATE PROCESSES THREADS\nTASK_RUNNING 1 1\nTASK_INTERRUPTIBLE 4 6\n"
                       "TASK_STOPPED 2 2\nTOTAL 7 9\n")
    assert readers.compare(ours, FLOOR.seen("ns 170\nR 2 2\nS 3 5\nT 2 2\n")) == ""
    assert readers.compare(ours, FLOOR.seen("ns 170\nR 1 1\nS 4 5\nT 2 2\n")) == (
        "it lacks RSDI/5/7, it has RSDI/5/6")
    assert readers.compare(ours, FLOOR.seen("ns 170\nR 1 1\nS 4 6\nT 2 3\n")) == (
        "it lacks T/2/2, it has T/2/3")


@pytest.mark.host
def test_threads_are_compared_by_process_number_and_user() -> None:
    ours = BY_ID["threads"].seen("PID\tTID\tSTATE\tUID\tCGROUP\tBLOCKED\tCOMM\n"
                                 "7\t7\tS\t0\t1\t20\ta b\n7\t8\tR\t1000\t1\t-\ta b\n"
                                 "9\t9\tR\t0\t1\t0\tmeter\n")
    theirs = "    PID     TID STAT   UID COMMAND\n      7       7 S        0 a b\n"
    row = "      7       8 R     1000 a b\n"
    assert readers.compare(ours, BY_ID["ps-threads"].seen(theirs + row)) == ""
    assert readers.compare(ours, BY_ID["ps-threads"].seen(theirs + row.replace("1000", "   0"))
                           ) == "it lacks 7/8/1000, it has 7/8/0"


@pytest.mark.host
def test_each_figure_has_its_cost_for_each() -> None:
    own = figures.own(measured())
    assert own == {"tasks-64k": 100, "tasks-4k": 200, "tasks-64": 300, "threads": 200,
                   "report": 250, "report / floor": 0.385, "modprobe / empty": 1.077,
                   "memory": 49152}


# By how much a figure is more than the kept one: which figure, and what comes of it.
CHANGES = {
    "as kept": ("tasks-64k", 1.0, 0, "as kept"),
    "within the room": ("tasks-64k", 1.049, 0, "as kept"),
    "slower": ("tasks-64k", 1.051, 1, "WORSE"),
    "slower, by threads": ("report", 1.06, 1, "WORSE"),
    "nearer to the floor": ("report / floor", 0.94, 0, "better"),
    "faster": ("tasks-64", 0.94, 0, "better"),
    "larger": ("memory", 1.001, 1, "WORSE"),
}


@pytest.mark.host
@pytest.mark.parametrize("change", CHANGES)
def test_bench_check_tells_what_is_worse(change: str, monkeypatch: pytest.MonkeyPatch,
                                         tmp_path: Path, capsys: pytest.CaptureFixture[str]
                                         ) -> None:
    """And what is better, so that the kept figures can follow."""
    name, factor, status, words = CHANGES[change]
    own = figures.own(measured())
    monkeypatch.setattr(figures, "KEPT", tmp_path / "figures.json")
    figures.keep("another", {"tasks-64k": 1.0})
    figures.keep(chosen.kernel().name, {**own, name: own[name] / factor})
    monkeypatch.setattr(bench, "ours_alone", measured)
    assert bench.check() == status
    assert figures.kept("another") == {"tasks-64k": 1.0}
    said = capsys.readouterr()
    (row,) = [line for line in said.out.splitlines() if line.startswith(f"{name}  ")]
    assert row.endswith(f" %  {words}")
    assert ("Better than kept: run make bench" in said.out) == (words == "better")
    assert said.err == (f"taskmods: worse than tests/bench/figures.json has of "
                        f"{chosen.kernel().name}: {name}\n" if status else "")


@pytest.mark.host
def test_no_figures_get_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(figures, "KEPT", tmp_path / "figures.json")
    with pytest.raises(HarnessError, match="^tests/bench/figures.json has no figures of 5.10-cloud:"
                                           " run make bench KERNEL=5.10-cloud, which writes them$"):
        figures.kept("5.10-cloud")
    figures.keep("5.10-cloud", {"tasks-64k": 1.0})
    with pytest.raises(HarnessError, match="is of another bench, by report: run make bench"):
        figures.compare({"tasks-64k": 1.0, "report": 2.0}, figures.kept("5.10-cloud"))
    figures.KEPT.write_text("{", encoding="ascii")
    with pytest.raises(HarnessError, match="^tests/bench/figures.json is not JSON: .*from git$"):
        figures.kept("5.10-cloud")


@pytest.mark.host
def test_a_missing_peer_is_told_with_its_reason() -> None:
    """And nothing else is missing for it."""
    results = measured("bpf-tasks")
    said = publish.text(results)
    assert "\nBPF iterator, same columns: missing: the kernel has no BTF  " in said
    assert re.search(r"\nBPF iterator / tasks +- +at least 6 +not measured\n", said)
    assert re.search(r"\nps / tasks +6 +at least 250 +NO\n", said)
    assert "bpf_tasks" not in publish.plot_script(results, "plot.svg")


@pytest.mark.host
def test_targets_are_met_or_not() -> None:
    results = measured()
    said = publish.text(results)
    assert re.search(r"tasks, 64 KiB reads: instructions per process +100 +at most 500 +yes", said)
    assert re.search(r"C scan / tasks +7 +at least 40 +NO", said)
    # Of 300 and 100 instructions a process, two calls of 200 are no part.
    small = targets.in_kernel(results.rows[2 * len(GROWTH)], results)
    assert small == 300 * GROWTH[0].number - 400


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


@pytest.mark.needs("!CONFIG_KASAN")
def test_the_guests_clock_counts_instructions() -> None:
    """Two for each turn of a loop: the least of them has nothing else in it; and again the same."""
    parts = chosen.parts(fixtures=False)
    with benchguest.boot(parts, benchguest.INSTRUCTIONS, 100, peers=False) as guest:
        found = [min(sample.elapsed for sample in meter.measure(guest, 25, "loop", "100000"))
                 for _ in range(2)]
        benchguest.load(guest)
        benchguest.populate(guest, "processes", 100)
        for reader in (BY_ID["scan"], BY_ID["scan-threads"], FLOOR):
            readers.check(guest, reader)
        own = [meter.figure(sample.elapsed for sample in
                            meter.measure(guest, 25, *OURS[0].words)).median for _ in range(2)]
    assert found[0] == pytest.approx(2e5, rel=0.01)
    assert found[1] == pytest.approx(found[0], rel=0.005)
    assert own[1] == pytest.approx(own[0], rel=0.01)


@pytest.mark.host
@pytest.mark.slow
@pytest.mark.needs("!CONFIG_KASAN")
def test_exporters_count_what_ours_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what a scrape costs is what the exporter runs for it; who asks waits longer than that."""
    subprocess.run([TOP / "tests/harness/install-tools", "bench"], check=True)
    parts = chosen.parts(fixtures=False)
    with benchguest.boot(parts, benchguest.INSTRUCTIONS, 300, peers=True) as guest:
        benchguest.load(guest)
        benchguest.populate(guest, "processes", 300)
        with scrapes.running(guest) as there:
            scrapes.check(guest, there)
            found = {reader.id: meter.measure(guest, 1, *reader.words)[0] for reader in there}
            monkeypatch.setattr(scrapes, "ROOM", -1)
            with pytest.raises(HarnessError, match="^node_exporter, textfile collector counts "):
                scrapes.check(guest, there)
    for name, sample in found.items():
        assert 100_000 < sample.ran < sample.elapsed, name
    assert found["scrape-processes"].ran > found["metrics"].ran
