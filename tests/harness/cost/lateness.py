# SPDX-License-Identifier: GPL-2.0
"""How late the most urgent task of a guest runs beside readers, and how long RCU is waited for.

Windows of ours and windows of the kernel's own files are by turns, and their medians are compared:
what disturbs a guest from outside is in both.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from ..guest.agent import Job
from ..guest.vm import VM
from . import benchguest

READERS = 50
# The meter's words: our files, by turns, and those of the kernel's own that have the same tasks.
OURS = tuple(("read", "65536", f"/proc/taskmods/{name}") for name in ("tasks", "threads", "report"))
THEIRS = (("processes",),)
# More often than a reader reads in a window.
_REPEATS = "1000"
_TIMEOUT = 600.0


@dataclass(frozen=True)
class Window:
    """What was seen, in nanoseconds, and among how many: the most that the most urgent task was
    late, and the longest wait for RCU and the sum of them; with one processor nobody waits for it.
    """

    late: int
    wakeups: int
    longest_wait: int
    waited: int
    waits: int


@dataclass(frozen=True)
class Compared:
    """Windows beside readers of our files, and beside those of the kernel's own."""

    ours: tuple[Window, ...]
    theirs: tuple[Window, ...]

    @staticmethod
    def late(windows: Sequence[Window]) -> float:
        """Return the median of how late the most urgent task was at most, in nanoseconds."""
        return median(window.late for window in windows)

    @staticmethod
    def wait(windows: Sequence[Window]) -> float:
        """Return the median of how long RCU was waited for on average, in nanoseconds."""
        return median(window.waited / max(window.waits, 1) for window in windows)

    def __str__(self) -> str:
        """Return the medians in a line, in milliseconds."""
        words = (f"{who}: late {self.late(windows) / 1e6:.3f} ms, a wait for RCU "
                 f"{self.wait(windows) / 1e6:.3f} ms, at most "
                 f"{max(window.longest_wait for window in windows) / 1e6:.3f} ms"
                 for who, windows in (("ours", self.ours), ("theirs", self.theirs)))
        return "; ".join(words) + f"; {len(self.ours)} windows each"


class _Watch:
    """The program that looks, in a guest."""

    def __init__(self, guest: VM) -> None:
        self._job = guest.start("lateness")
        self._windows = 0

    def window(self, seconds: float) -> Window:
        """Look for so long, by the guest's clock."""
        self._job.send(b"%d\n" % (seconds * 1000))
        found = self._job.expect(rf"\A(?:.*\n){{{self._windows}}}([\d ]+)\n", _TIMEOUT)
        self._windows += 1
        return Window(*map(int, found[1].split()))

    def end(self) -> None:
        self._job.finish()


@contextmanager
def _reading(guest: VM, readers: Sequence[Sequence[str]]) -> Iterator[None]:
    jobs: list[Job] = [guest.start("meter", _REPEATS, *readers[at % len(readers)])
                       for at in range(READERS)]
    yield
    for job in jobs:
        job.kill()
    for job in jobs:
        job.wait(_TIMEOUT)


def compare(guest: VM, processes: int, seconds: float, windows: int) -> Compared:
    """Look among so many processes for so many windows of either kind, ours only with our modules.

    Raises GuestError where the guest does not answer, HarnessError where the modules do not load
    or unload.
    """
    population = benchguest.populate(guest, "processes", processes)
    watch = _Watch(guest)
    ours, theirs = [], []
    for _ in range(windows):
        guest.sh("modprobe report_mod", _TIMEOUT)
        with _reading(guest, OURS):
            ours.append(watch.window(seconds))
        guest.sh("modprobe -r report_mod walker_mod", _TIMEOUT)
        with _reading(guest, THEIRS):
            theirs.append(watch.window(seconds))
    watch.end()
    population.finish(_TIMEOUT)
    return Compared(tuple(ours), tuple(theirs))
