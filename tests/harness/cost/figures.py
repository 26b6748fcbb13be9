# SPDX-License-Identifier: GPL-2.0
"""Our own figures: those that the tree keeps, by kernel, and what is worse than them now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ..host.errors import HarnessError
from ..host.paths import TOP
from ..kernels import suite
from .readers import OURS
from .results import Results

KEPT = TOP / "tests/bench/figures.json"
SHOWN = str(KEPT.relative_to(TOP))
# In parts of what is kept: a compiler's next version changes a few instructions.
ROOM = 0.05
# Their sizes are pages, of which one more is a change.
_EXACT = frozenset({"memory"})
_WORSE, _BETTER, _SAME = "WORSE", "better", "as kept"


@dataclass(frozen=True)
class Verdict:
    """A figure beside the kept one: less is better."""

    id: str
    now: float
    kept: float

    @property
    def change(self) -> float:
        """By how much it is more, in parts of what is kept."""
        return self.now / self.kept - 1

    @property
    def is_worse(self) -> bool:
        """Whether it is more than there is room for."""
        return self.change > self._room

    @property
    def is_better(self) -> bool:
        """Whether it is so much less that what is kept would let much of that get lost again."""
        return self.change < -self._room

    @property
    def words(self) -> str:
        """What comes of it."""
        return _WORSE if self.is_worse else _BETTER if self.is_better else _SAME

    @property
    def _room(self) -> float:
        return 0.0 if self.id in _EXACT else ROOM


def own(results: Results) -> dict[str, float]:
    """Return our figures of what was measured, by name.

    They are instructions for each process or thread, ratios, and bytes.
    """
    found = {reader.id: row.each for reader in OURS if (row := results.row(reader.id))}
    floor = results.ratio("report", "floor")
    if floor:
        found["report / floor"] = floor
    found["modprobe / empty"] = (results.modprobe["ours"].median
                                 / results.modprobe["empty"].median)
    found["memory"] = sum(results.sizes[name] for name in suite.OURS.modules)
    return {name: round(value, 3) for name, value in found.items()}


def kept(kernel: str) -> dict[str, float]:
    """Return the figures that are kept for a kernel, by its name.

    Raises HarnessError where there are none.
    """
    figures = _read().get(kernel)
    if not figures:
        raise HarnessError(f"{SHOWN} has no figures of {kernel}: run make bench KERNEL={kernel}, "
                           "which writes them")
    return figures


def keep(kernel: str, figures: Mapping[str, float]) -> None:
    """Write the figures of a kernel, in the place of those that were kept.

    Raises OSError where they cannot be written.
    """
    known = {**_read(), kernel: dict(figures)}
    KEPT.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="ascii")


def _read() -> dict[str, dict[str, float]]:
    try:
        known: dict[str, dict[str, float]] = json.loads(KEPT.read_text(encoding="ascii"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise HarnessError(f"{SHOWN} is not JSON: {error}: get it back from git") from error
    return known


def compare(now: Mapping[str, float], kept_: Mapping[str, float]) -> list[Verdict]:
    """Return what comes of each figure.

    Raises HarnessError where others are kept than there are now.
    """
    if now.keys() != kept_.keys():
        odd = ", ".join(sorted(now.keys() ^ kept_.keys()))
        raise HarnessError(f"{SHOWN} is of another bench, by {odd}: run make bench, which writes "
                           "it anew")
    return [Verdict(name, now[name], kept_[name]) for name in now]


def text(verdicts: list[Verdict]) -> str:
    """Return a table of figures beside the kept ones, and what to do where one is better."""
    lines = [f"{'figure':<18}{'now':>12}{'kept':>12}{'change':>10}"]
    lines += [f"{verdict.id:<18}{verdict.now:>12,.5g}{verdict.kept:>12,.5g}"
              f"{100 * verdict.change:>+8.1f} %  {verdict.words}" for verdict in verdicts]
    if any(verdict.is_better for verdict in verdicts):
        lines.append(f"Better than kept: run make bench, and commit {SHOWN}, so that it stays so.")
    return "\n".join(lines)
