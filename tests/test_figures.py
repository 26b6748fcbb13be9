# SPDX-License-Identifier: GPL-2.0
"""The figures that the tree keeps: what gets worse than they are is told."""

from pathlib import Path

import pytest
from measured import measured

from harness.commands import bench, chosen
from harness.cost import figures
from harness.host.errors import HarnessError


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
