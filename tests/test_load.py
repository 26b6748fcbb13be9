# SPDX-License-Identifier: GPL-2.0
"""Under load: who waits for readers among many tasks, thousands of loads, and no memory left."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.cost import benchguest, lateness
from harness.cost.lateness import Compared
from harness.guest import usual
from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.kernels import choice
from harness.plugin import Boot
from harness.soak import course, loads, pressure
from harness.soak.pressure import WORKED

CPUS = 4
# Bounds of how late the most urgent task is: in instructions, and by how much later than beside
# readers of the kernel's own files.
MOST_INSTRUCTIONS = 40000
MOST_LATE = 1.5
# By how much longer RCU may be waited for.
MOST_WAIT = 1.5
# Where the kernel may be preempted: the kernel, or "" for the usual one, and what it is told.
PREEMPTION = {"none": ("", "preempt=none"), "full": ("", "preempt=full"), "rt": ("6.1-rt", "")}


@pytest.fixture
def crowded(boot: Boot, parts: Parts) -> Callable[..., VM]:
    """A function that boots a guest of four processors, with so much memory."""
    def make(memory: str = parts.memory) -> VM:
        kernel = replace(parts.kernel, processors=CPUS)
        return boot(replace(parts, kernel=kernel, memory=memory), append="cryptomgr.notests")

    return make


@pytest.mark.parametrize("number", [
    pytest.param(20, marks=pytest.mark.slow), pytest.param(10000, marks=pytest.mark.nightly)])
def test_every_load_and_every_unload_works(crowded: Callable[..., VM], number: int) -> None:
    """Beside readers, who may be in the way of an unload; and no memory is lost."""
    found = loads.run(crowded(), number)
    print(found)
    assert found.loads == number
    assert all(found.readings)
    assert found.grown < course.MEMORY_KB


@pytest.mark.parametrize(("number", "kills"), [
    pytest.param(10, 3, marks=pytest.mark.slow),
    pytest.param(1000, 100, marks=pytest.mark.nightly)])
def test_loads_beside_one_that_takes_all_memory(crowded: Callable[..., VM], parts: Parts,
                                                number: int, kills: int) -> None:
    guest = crowded(pressure.memory(parts.kernel))
    found = pressure.beside_an_eater(guest, number, kills)
    print(found)
    assert found.ends.total() >= number and found.kills >= kills
    assert found.ends[WORKED]
    assert found.grown < course.MEMORY_KB


@pytest.fixture
def compared(parts: Parts) -> Callable[..., Compared]:
    """A function that boots a guest of so many processors, and compares readers.

    There is a way to preempt, a number of processes, the seconds of each window and how many
    windows of either kind. With one processor its clock counts instructions.
    """
    def look(mode: str, processes: int, seconds: float, windows: int, cpus: int = 1) -> Compared:
        name, argument = PREEMPTION[mode]
        kernel = replace(choice.get(name) if name else parts.kernel, processors=cpus)
        made = replace(usual.parts(kernel, fixtures=False), arguments=argument)
        clock = benchguest.INSTRUCTIONS if cpus == 1 else ""
        with benchguest.boot_small(made, clock, processes) as guest:
            found = lateness.compare(guest, processes, seconds, windows)
        print(f"{mode}, {processes} processes, {found}")
        return found

    return look


def late(found: Compared) -> float:
    """How many times as late the most urgent task is beside ours as beside the kernel's own."""
    return found.late(found.ours) / found.late(found.theirs)


@pytest.mark.host
@pytest.mark.needs("fast")
@pytest.mark.parametrize(("mode", "processes"), [
    pytest.param("none", 1000, marks=pytest.mark.slow),
    *(pytest.param(mode, 100000, marks=pytest.mark.nightly) for mode in PREEMPTION)])
def test_the_most_urgent_task_is_not_late(compared: Callable[..., Compared], mode: str,
                                          processes: int) -> None:
    """On one processor, whose clock counts instructions: nothing else disturbs it."""
    found = compared(mode, processes, 0.3, 3)
    assert found.late(found.ours) < MOST_INSTRUCTIONS
    assert late(found) < MOST_LATE


@pytest.mark.host
@pytest.mark.needs("fast")
@pytest.mark.nightly
@pytest.mark.parametrize("mode", PREEMPTION)
def test_rcu_is_not_waited_for_longer(compared: Callable[..., Compared], mode: str) -> None:
    """On several processors, by their own clock: what disturbs them is in windows of both kinds."""
    found = compared(mode, 100000, 3, 5, cpus=CPUS)
    assert all(window.waits for window in (*found.ours, *found.theirs))
    assert found.wait(found.ours) / found.wait(found.theirs) < MOST_WAIT
