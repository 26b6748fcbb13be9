# SPDX-License-Identifier: GPL-2.0
"""A soak: the modules are loaded, read and unloaded for minutes while tasks come and go.

A soak has rounds. In each, stress-ng and programs of ours make and end processes, readers check all
that they read, and modules come and go in turns; then all of this ends, and nothing may be left.
"""

import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from ..guest.agent import Job
from ..guest.programs import STRESS_NG
from ..guest.vm import VM
from ..host.errors import GuestError
from ..observe import health
from . import course
from .memory import kernel_kb


@dataclass
class Tally:
    """What was counted since the soak began, and the kernel's kilobytes after each round."""

    readings: Counter[str] = field(default_factory=Counter)
    loads: int = 0
    unloads: int = 0
    refusals: int = 0
    processes: int = 0
    memory: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the counts in a line."""
        return (f"{self.readings.total()} readings, {self.loads} loads, {self.unloads} unloads, "
                f"{self.refusals} refused, {self.processes} processes made")


class Soak:
    """A guest being soaked, and the tally of it; `say` gets that as a line every ten seconds."""

    def __init__(self, guest: VM, say: Callable[[str], None]) -> None:
        self.tally = Tally()
        self._guest = guest
        self._suite = guest.parts.suite
        self._say = say
        guest.sh(f"depmod; echo {course.PID_MAX} > /proc/sys/kernel/pid_max")
        there = guest.run(*STRESS_NG.command, "--stressors", check=True).out.split()
        processor = guest.read("/proc/cpuinfo").split()
        self.stressors = [name for name in course.STRESSORS
                          if name in there and course.WITHOUT.get(name) not in processor]
        self._before = health.look(guest)
        self._forks = self._number("/proc/stat", "processes")
        # Of this round: what runs, how often each reader was asked, and what it had read then.
        self._jobs: dict[str, Job] = {}
        self._looks = 0
        self._noted: Counter[str] = Counter()

    def round(self, seconds: float) -> None:
        """Soak the guest for so long, end all that ran, and see that nothing is left.

        Raises GuestError, with what is not as it should be and the end of the console.
        """
        mark = self._guest.log_end()
        until = time.monotonic() + seconds
        self._start()
        while time.monotonic() < until:
            look = min(time.monotonic() + course.LOOK_SECONDS, until)
            while time.monotonic() < look:
                for command in self._suite.unloads:
                    self._load()
                    self._hold()
                    self._unload(command)
            self._look()
        self._end()
        self._settle(mark)

    def check_memory(self) -> None:
        """See that the kernel's memory has not grown from the first round to the last.

        Raises GuestError where it has.
        """
        if self.tally.memory[-1] > self.tally.memory[0] + course.MEMORY_KB:
            self._fail("memory", "the kernel's kilobytes after each round are "
                       + " ".join(map(str, self.tally.memory)))

    def _fail(self, what: str, seen: str) -> NoReturn:
        raise GuestError(f"{what}: {seen.strip()}\n{self._guest.qemu.tail()}")

    def _start(self) -> None:
        self._guest.sh(f"rm -f {course.END}")
        self._looks = 0
        self._noted.clear()
        options = [word for name in self.stressors for word in course.STRESSORS[name]]
        churn = (*course.NICE, *STRESS_NG.command, "--log-brief", "--timeout", "0",
                 "--temp-path", "/tmp")
        self._jobs = {name: self._guest.start(*argv) for name, argv in course.READERS.items()}
        self._jobs[course.NAMESPACES] = self._guest.start("sh", "-c", course.NAMESPACES_SCRIPT)
        self._jobs[course.CHURN] = self._guest.start(*churn, *options)

    def _load(self) -> None:
        """Two at once: one of them does it, and the other one's is no failure."""
        for job in [self._guest.start(*self._suite.load) for _ in range(2)]:
            result = job.wait(course.TIMEOUT)
            if result.status or result.err:
                self._fail(" ".join(self._suite.load), f"status {result.status}: {result.err}")
        if self.tally.loads == self.tally.unloads:
            self.tally.loads += 1

    def _hold(self) -> None:
        """Try to unload while a reader is in the middle of its file; what it reads is whole."""
        reader = self._guest.start("sh", "-c", course.HELD_SCRIPT)
        reader.expect("held\n", course.TIMEOUT)
        result = self._guest.run("rmmod", course.HELD_MODULE, timeout=course.TIMEOUT)
        if not result.status or not course.IN_USE.search(result.err):
            self._fail(f"rmmod {course.HELD_MODULE}, its file open",
                       f"status {result.status}: {result.err}")
        self.tally.refusals += 1
        reader.send(b"\n")
        result = reader.finish(course.TIMEOUT)
        if result.status:
            self._fail(course.HELD, result.err)
        self.tally.readings[course.HELD] += 1

    def _unload(self, command: tuple[str, ...]) -> bool:
        """Unload all, or be refused because of a reader; return which.

        modprobe tries walker_mod twice, for report_mod's softdep and by itself: the first may be
        refused, and the second go well.
        """
        result = self._guest.run(*command, timeout=course.TIMEOUT)
        complaints = result.err.splitlines()
        in_use = all(map(course.IN_USE.search, complaints))
        if result.status and complaints and in_use:
            self.tally.refusals += 1
            return False
        left = self._guest.run("sh", "-c", course.LEFT, timeout=course.TIMEOUT).out
        if result.status or left or not in_use:
            self._fail(" ".join(command), f"status {result.status}: {result.err}{left}")
        self.tally.unloads += 1
        return True

    def _look(self) -> None:
        """See that all goes on, and tell."""
        self._looks += 1
        for name in course.READERS:
            self._jobs[name].send(b"\n")
        for name in course.READERS:
            self._note(name, self._answer(name))
        for name in (course.NAMESPACES, course.CHURN):
            if self._jobs[name].ended:
                self._has_ended(name)
        self._note_namespaces()
        self.tally.processes = self._number("/proc/stat", "processes") - self._forks
        if self._number("/proc/vmstat", "oom_kill"):
            self._fail("memory", "the kernel ran out of it")
        self._say(str(self.tally))

    def _answer(self, name: str) -> int:
        """Return how often a reader has read, which it tells between two readings."""
        pattern = rf"\A(?:.*\n){{{self._looks - 1}}}(\d+) \d+\n"
        try:
            return int(self._jobs[name].expect(pattern, course.TIMEOUT)[1])
        except GuestError:
            if not self._jobs[name].ended:
                raise
        self._has_ended(name)

    def _has_ended(self, name: str) -> NoReturn:
        result = self._jobs[name].wait()
        self._fail(name, f"ended with status {result.status}: {result.err}{result.out[-2000:]}")

    def _note(self, name: str, readings: int) -> None:
        self.tally.readings[name] += readings - self._noted[name]
        self._noted[name] = readings

    def _note_namespaces(self) -> None:
        lines = self._jobs[course.NAMESPACES].expect("").string.split("\n")[:-1]
        self._note(course.NAMESPACES, sum(int(line.split()[0]) for line in lines))

    def _end(self) -> None:
        """End all that runs; each by itself, and in good order."""
        self._guest.sh(f"touch {course.END}")
        self._jobs[course.CHURN].kill(signal.SIGINT)
        for name, job in self._jobs.items():
            result = job.finish(course.TIMEOUT)
            # A stressor that is interrupted may say that it failed.
            if result.status and name != course.CHURN:
                self._has_ended(name)
            if name in course.READERS:
                self._note(name, int(result.out.splitlines()[-1].split()[0]))
        self._note_namespaces()
        self._load()
        command = self._suite.unloads[0]
        if not self._unload(command):
            self._fail(" ".join(command), "refused, where nobody reads any more")

    def _settle(self, mark: int) -> None:
        """See that the guest is as it was before the round."""
        self.tally.memory.append(kernel_kb(self._guest))
        problems = health.problems(self._guest, mark, self._before)
        if problems:
            self._fail("after a round", "\n".join(problems))

    def _number(self, path: str, name: str) -> int:
        """Return the number that follows a name in a file of the guest's."""
        return int(self._guest.sh(f"awk '$1 == \"{name}\" {{ print $2 }}' {path}", course.TIMEOUT))


def run(soak: Soak, seconds: float, rounds: int) -> None:
    """Soak a guest for so many seconds, in rounds.

    Raises HarnessError where something was not as it should be.
    """
    for _ in range(rounds):
        soak.round(seconds / rounds)
    soak.check_memory()


def summary(release: str, seconds: float, soak: Soak) -> str:
    """Return what came of it, for people."""
    tally = soak.tally
    grown = tally.memory[-1] - tally.memory[0]
    return (f"Soaked Linux {release} for {seconds / 60:g} min in {len(tally.memory)} rounds: "
            f"{tally.readings.total()} readings, all whole; {tally.loads} loads, "
            f"{tally.unloads} unloads, {tally.refusals} refused while a file was open; "
            f"{tally.processes} processes made; kernel memory {grown:+d} KB from the first round's "
            f"end to the last's.\nstress-ng ran {', '.join(soak.stressors)}.")
