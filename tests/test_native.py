# SPDX-License-Identifier: GPL-2.0
"""make bench-native: user-mode Linux runs what is timed, and the figures are sane."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.commands import bench_native
from harness.host import tools
from harness.host.errors import HarnessError
from harness.kernels import usermode
from harness.native import machine, page, timings
from harness.native.timings import COLD, READERS, WARM, Reader, Results

pytestmark = pytest.mark.host

ROUNDS = 5
FEW = (100, 5000)
EVICT_MB = 256
# How many processes the kernel itself may have.
KERNELS_OWN = 200
# How many times what another reader took one may take at best, among many processes. The floor is
# what it is compared with where memory decides on any processor. Where all lines are in a cache,
# the floor is nearly nothing, and making text decides: what makes the same text is the measure.
MOST = {("tasks-walk", "tasks-floor", COLD): 2.0, ("tasks-walk-locked", "tasks-floor", COLD): 2.0,
        ("tasks", "tasks-floor", COLD): 2.0, ("report", "report-floor", COLD): 2.5,
        ("tasks", "tasks-plain", WARM): 0.5, ("tasks", "tasks-plain", COLD): 0.5,
        ("report", "report-loop", WARM): 0.75, ("report", "report-loop", COLD): 0.75}
# Among so many that no processor's own caches hold them.
MOST_AMONG_MANY = {**MOST, ("tasks-walk", "tasks-floor", WARM): 2.0,
                   ("tasks", "tasks-floor", WARM): 2.0}


def times(reader: Reader) -> int:
    return 10 if reader.is_floor else 30 if reader.is_file else 10


def written(among: int, tasks: int, rounds: int = 3) -> str:
    """What a run may write: files take three times what the floor does, all else the same."""
    turns = [f"{reader.id} {caches} {tasks} {cost * tasks * times(reader)}\n"
             for cost in range(1, rounds + 1) for caches in (WARM, COLD) for reader in READERS]
    return f"among {among}\nlines tasks 6\nlines report 3\n{''.join(turns)}"


def results() -> Results:
    text = written(100, 120) + written(1000, 1020) + "ok\n"
    return Results("6.1.0", "a processor", timings.lines(text), timings.timings(text),
                   timings.timings(text))


def test_what_is_written_becomes_nanoseconds_for_each_task() -> None:
    found = results()
    assert found.lines == {"tasks": 6, "report": 3}
    assert found.numbers == [100, 1000]
    one = found.one("tasks", 1000, COLD)
    assert one.tasks == 1020
    assert one.each == timings.Spread(30, 45, 60, 75)
    assert one.ratio == timings.Spread(2, 2, 2, 2)
    with pytest.raises(HarnessError, match="no measurement: 'tasks hot 3'"):
        timings.timings("among 100\ntasks hot 3\nok\n")


def test_the_page_gets_it_between_its_marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path
                                            ) -> None:
    before = f"before\n{page.BEGIN}\nof another day\n{page.END}\nafter\n"
    after = page.page(before, results())
    assert after.startswith(f"before\n{page.BEGIN}\n") and after.endswith(f"{page.END}\nafter\n")
    assert "of another day" not in after
    assert "| tasks | 2.00; 2.00 (2.00 to 2.00) | 2.00; 2.00 (2.00 to 2.00) |" in after
    with pytest.raises(HarnessError, match="^performance.md must have the lines "):
        page.page("", results())
    monkeypatch.setattr(timings, "KEPT", tmp_path / "native.json")
    timings.keep(results())
    assert timings.KEPT.read_text(encoding="ascii").startswith("{")


def run(numbers: Sequence[int]) -> Results:
    """Run it as make bench-native does, for few rounds."""
    tools.install("kernel")
    kernel = usermode.get()
    text = machine.run_once(kernel, numbers, ROUNDS, EVICT_MB, huge=True)
    return Results(kernel.release, machine.processor(), timings.lines(text), timings.timings(text),
                   [])


def check(found: Results, numbers: Sequence[int], most: dict[tuple[str, str, str], float]) -> None:
    """There are figures among so many processes, and ours are near to what they cannot go below."""
    assert found.numbers == list(numbers)
    assert set(found.lines) == {"tasks", "threads", "report"}
    for timing in found.huge:
        assert timing.among < timing.tasks < timing.among + KERNELS_OWN
        assert 0 < timing.each.least <= timing.each.median
    for (name, beside, caches), bound in most.items():
        ratio = found.by_least(timings.BY_ID[name], numbers[-1], caches, timings.BY_ID[beside])
        assert 0.3 * timings.BY_ID[beside].is_floor < ratio < bound, (name, beside, caches, ratio)


@pytest.mark.slow
def test_user_mode_linux_times_what_it_should() -> None:
    """The kernel is built at first, which takes minutes; then this takes some seconds."""
    check(run(FEW), FEW, MOST)


@pytest.mark.nightly
def test_among_many_processes_too() -> None:
    check(run(bench_native.NUMBERS), bench_native.NUMBERS, MOST_AMONG_MANY)
