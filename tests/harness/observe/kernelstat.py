# SPDX-License-Identifier: GPL-2.0
"""The kernel's own files of tasks, beside which ours are looked at."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..guest.vm import VM
from .taskfiles import COMM_BYTES, Malformed

# All the numbers are asked for: no name is long enough to pass for them.
_STAT = re.compile(rb"(\d+) \((.{0,64}?)\) ([A-Za-z]) ((?:-?\d+ ){48}-?\d+)\n", re.DOTALL)
_PF_KTHREAD = 0x00200000

T = TypeVar("T")


@dataclass(frozen=True)
class Stat:
    """A task as the kernel's own stat file has it; `started` tells it from a later one's pid."""

    pid: int
    name: bytes
    state: str
    ppid: int
    kernel: bool
    threads: int
    started: int

    def has_name(self, name: bytes) -> bool:
        """Return whether `name` may be its comm, of which this file may show more.

        Kernel threads have longer names here: a full one, and a worker also what it works on.
        """
        if not self.kernel:
            return name == self.name
        more = self.name[len(name):]
        return self.name.startswith(name) and (
            not more or len(name) == COMM_BYTES or more[:1] in b"+-")


def raw(text: str) -> bytes:
    """Return the bytes that the guest wrote, of a command's output."""
    return text.encode(errors="surrogateescape")


def parse_stats(text: str) -> dict[int, Stat]:
    """Return the tasks of any number of the kernel's stat files, read one after the other, by pid.

    Raises Malformed where there is anything else.
    """
    found: dict[int, Stat] = {}
    data = raw(text)
    at = 0
    while at < len(data):
        match = _STAT.match(data, at)
        if not match:
            raise Malformed(f"not a stat file: {data[at:at + 400]!r}")
        at = match.end()
        numbers = match[4].split()
        pid = int(match[1])
        found[pid] = Stat(pid, match[2], match[3].decode(), int(numbers[0]),
                          bool(int(numbers[5]) & _PF_KTHREAD), int(numbers[16]), int(numbers[18]))
    return found


def read_stats(vm: VM, threads: bool = False, proc: str = "/proc") -> dict[int, Stat]:
    """Return all processes by the kernel's own files, or all `threads`; no file of ours is read.

    The shell becomes the cat, so that no task comes or goes because of this.
    """
    pattern = "[0-9]*/task/*/stat" if threads else "[0-9]*/stat"
    # What dies meanwhile cannot be read: that is no failure.
    return parse_stats(vm.run("sh", "-c", f"exec cat {proc}/{pattern}").out)


def read_switches(vm: VM) -> dict[int, tuple[int, ...]]:
    """Return how often each thread has left its CPU, by its own will and against it."""
    fields = "^(Pid|voluntary_ctxt_switches|nonvoluntary_ctxt_switches):"
    out = vm.run("sh", "-c", f"exec grep -Ehs '{fields}' /proc/[0-9]*/task/*/status").out
    numbers = [int(line.split()[1]) for line in out.splitlines()]
    return {numbers[at]: tuple(numbers[at + 1:at + 3]) for at in range(0, len(numbers) - 2, 3)}


def lived_through(before: dict[int, Stat], after: dict[int, Stat]) -> dict[int, Stat]:
    """Return, as of before, the tasks that two readings both show."""
    return {pid: task for pid, task in before.items()
            if pid in after and after[pid].started == task.started}


@dataclass(frozen=True)
class Around(Generic[T]):
    """What was `found`, and what the kernel's own files said before and after."""

    found: T
    before: dict[int, Stat]
    after: dict[int, Stat]
    still: dict[int, Stat]

    @property
    def lived(self) -> dict[int, Stat]:
        """The tasks that were there all the time."""
        return lived_through(self.before, self.after)

    @property
    def passing(self) -> int:
        """How many came or went; each list has its reader, which does not count."""
        return len(set(self.before) ^ set(self.after)) - 2


def look_around(vm: VM, look: Callable[[], T], threads: bool = False) -> Around[T]:
    """Call `look()` between two readings of the kernel's files, of processes or all `threads`.

    Those tasks are `still` that were in one state all the time: what sleeps at both ends must have
    left its CPU in between if it woke.
    """
    switches_before = read_switches(vm)
    before = read_stats(vm, threads)
    found = look()
    after = read_stats(vm, threads)
    switches_after = read_switches(vm)
    still = {pid: stat for pid, stat in lived_through(before, after).items()
             if stat.state == after[pid].state != "R"
             and pid in switches_before and switches_before[pid] == switches_after.get(pid)}
    return Around(found, before, after, still)
