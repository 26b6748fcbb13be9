# SPDX-License-Identifier: GPL-2.0
"""Thousands of loads and unloads of the chain while its files are read: all of them must work."""

from dataclasses import dataclass

from ..guest.vm import VM
from ..host.errors import GuestError
from ..observe import health, taskfiles
from . import course
from .memory import kernel_kb

# There are so many parts, and after each a look at memory: what the first fills, stays.
_PARTS = 10
_LOADS_IN_PART = 10
# Seconds that one load, its readings and its removal may take.
_PATIENCE = 3.0
_END = "/tmp/loads.end"
_FILES = (taskfiles.TASKS, taskfiles.THREADS, taskfiles.REPORT)
# Reads a file whenever it is there.
_READER = f"n=0; until [ -e {_END} ]; do cat $0 && n=$((n + 1)); done > /dev/null 2>&1; echo $n >&2"
# $1 loads; writes how many there were, and how often a reader was in the way of an unload.
_LOADS = f"""\
n=0 refused=0
while [ $n -lt $1 ]; do
    modprobe report_mod
    exec 3< {taskfiles.REPORT}
    head -c 100 {taskfiles.TASKS} > /tmp/loads.read
    exec 3<&-
    until modprobe -r report_mod walker_mod 2> /tmp/loads.said; do
        if grep -vE "{course.IN_USE.pattern}" /tmp/loads.said >&2; then exit 1; fi
        refused=$((refused + 1))
    done
    if grep . /proc/modules >&2; then exit 1; fi
    n=$((n + 1))
done
echo $n $refused
"""


@dataclass(frozen=True)
class Loads:
    """What was counted: loads, each with its unload; unloads refused meanwhile; whole readings.

    `memory` are the kernel's kilobytes after each part.
    """

    loads: int
    refusals: int
    readings: tuple[int, ...]
    memory: tuple[int, ...]

    @property
    def grown(self) -> int:
        """By how many kilobytes the kernel's memory grew from the first part's end on."""
        return self.memory[-1] - self.memory[0]


def run(guest: VM, number: int) -> Loads:
    """Load and unload so many times, with a reader of each file all the time.

    Raises GuestError where a load or an unload fails or something is left, HarnessError with what
    the guest's shell said.
    """
    guest.sh(f"depmod; rm -f {_END}")
    before, mark = health.look(guest), guest.log_end()
    readers = [guest.start("sh", "-c", _READER, path) for path in _FILES]
    loads = refusals = 0
    memory = []
    parts = min(_PARTS, max(1, number // _LOADS_IN_PART))
    for part in range(parts):
        share = number * (part + 1) // parts - loads
        done = guest.run("sh", "-ec", _LOADS, "sh", str(share), timeout=30 + share * _PATIENCE)
        if done.status:
            raise GuestError(f"after {loads} loads and more: {done.err}\n{guest.qemu.tail()}")
        counts = [int(word) for word in done.out.split()]
        loads, refusals = loads + counts[0], refusals + counts[1]
        memory.append(kernel_kb(guest))
    guest.sh(f"touch {_END}")
    readings = tuple(int(job.finish().err.split()[-1]) for job in readers)
    left = health.problems(guest, mark, before)
    if left:
        raise GuestError("after all loads: " + "\n".join(left))
    return Loads(loads, refusals, readings, tuple(memory))
