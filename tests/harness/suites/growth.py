# SPDX-License-Identifier: GPL-2.0
"""All of a suite loaded and unloaded again and again: memory must not grow with each time."""

import itertools
import re
from collections.abc import Sequence
from statistics import median

from ..observe.transcript import Entry
from .attempt import Attempt
from .stay import Stay
from .verdict import FAIL

# What modules' memory and what they allocate is in, of /proc/meminfo, in KB.
MEMORY = ("SUnreclaim", "VmallocUsed", "Percpu")
# So much in each cycle, and so much in all, is more than chance.
_KB_A_CYCLE = 2.0
_KB_IN_ALL = 48.0
# Fewer cycles than this tell nothing of growth.
_FEWEST = 10
# The first cycles fill what is kept for the next.
_WARM_UP = 3
# What is released later may keep a module for a moment.
_TRIES = 20
_SCRIPT = """
cycle() {{
    modprobe -a {load} || return 3
    {removal}
    echo 3 > /proc/sys/vm/drop_caches
    grep -E '^({memory}):' /proc/meminfo
}}
i=0
while [ $i -lt {cycles} ]; do
    i=$((i + 1)); echo "cycle $i"; cycle || exit
done
"""
_REMOVAL = ("n=0; until {remove}; do n=$((n + 1)); [ $n -lt " + str(_TRIES)
            + " ] || return 4; sleep 0.1; done")


def cycles(attempt: Attempt) -> None:
    """Load and unload all leaves as often as is asked; what comes of it is kept."""
    leaves = [leaf for leaf in attempt.leaves if attempt.is_clean(leaf)]
    number = attempt.options.cycles
    if not leaves or not number:
        return

    removal = attempt.removal(leaves)

    def go_round(stay: Stay) -> None:
        script = _SCRIPT.format(load=" ".join(leaves), memory="|".join(MEMORY), cycles=number,
                                removal=_REMOVAL.format(remove=removal))
        said = stay.type(script, attempt.options.patience * number)
        stay.shorten_last(f"for i in $(seq {number}); do modprobe -a {' '.join(leaves)}; "
                          f"{removal}; done", _shown(said.out))
        stays = stay.clear()
        wrong = attempt.new(stay.trouble())
        transcript = stay.take_transcript()
        name = leaves[0] if len(leaves) == 1 else ""
        if said.status or wrong:
            at = said.out.count("cycle ")
            words = [line for line in said.out.splitlines()
                     if not re.match(r"cycle|\w+: +\d", line)]
            attempt.give(FAIL, "cycles", name, f"in cycle {at}: "
                         + "\n".join((wrong or words or [said.words])[:6]), transcript)
            attempt.supply.spoil()
            return
        if stays:
            attempt.supply.spoil()
        _judge(attempt, name, said.out, transcript)

    attempt.say(f"{number} loads and unloads")
    attempt.inside("cycles", "", go_round)


def _judge(attempt: Attempt, name: str, out: str, transcript: tuple[Entry, ...]) -> None:
    number = attempt.options.cycles
    if number < _FEWEST:
        attempt.passed("cycles", name, f"{number} times, which tells nothing of growth", transcript)
        return
    if attempt.is_kasan:
        attempt.passed("cycles", name, f"{number} times; KASAN keeps what was freed, so its growth "
                       "tells nothing here", transcript)
        return
    series = {what: [int(kb) for kb in re.findall(rf"^{what}: +(\d+) kB", out, re.MULTILINE)]
              for what in MEMORY}
    rising = {what: growth(samples) for what, samples in series.items() if samples}
    told = [f"{what} grows by {kb:.1f} KB with each load" for what, kb in rising.items() if kb]
    if told:
        attempt.give(FAIL, "cycles", name, "\n".join(told), transcript)
    else:
        attempt.passed("cycles", name, f"{number} times, nothing grows", transcript)


def growth(samples: Sequence[int]) -> float:
    """Return by how much samples grow each time, or 0 where that may be by chance.

    What grows with each time does so in both halves.
    """
    kept = samples[_WARM_UP:]
    half = len(kept) // 2
    rise = _slope(kept)
    steady = min(_slope(kept[:half]), _slope(kept[half:])) >= rise / 2
    return rise if steady and rise >= _KB_A_CYCLE and rise * len(kept) >= _KB_IN_ALL else 0.0


def _slope(samples: Sequence[int]) -> float:
    """Return the median of the slopes between any two samples (Theil and Sen).

    One that is far out does not matter.
    """
    return median((samples[second] - samples[first]) / (second - first)
                  for first, second in itertools.combinations(range(len(samples)), 2))


def _shown(out: str) -> str:
    lines = out.splitlines()
    each = 1 + len(MEMORY)
    return "\n".join(lines if len(lines) <= 6 * each
                     else [*lines[:2 * each], "...", *lines[-2 * each:]])
