# SPDX-License-Identifier: GPL-2.0
"""A soak: the modules are loaded, read and unloaded for minutes while tasks come and go.

A soak has rounds. In each, stress-ng and programs of ours make and end processes, readers check all
that they read, and modules come and go in turns; then all of this ends, and nothing may be left.
"""

import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from ..guest.places import FIXTURES_DIR
from ..guest.programs import STRESS_NG
from ..guest.vm import VM, GuestJob
from ..host.errors import GuestError
from ..observe import health, procfs

# Memory is compared from the first round's end to the last one's, so there are two at least.
ROUND_SECONDS = 60.0
LOOK_SECONDS = 10.0
# Some kernels are ten times as slow as others.
_TIMEOUT = 120.0

# stress-ng's stressors and their options: with few tasks each, for there are few CPUs and little
# memory. A version that lacks one goes without.
STRESSORS = {
    "fork": ("--fork", "2", "--fork-max", "8"),
    "vfork": ("--vfork", "1", "--vfork-max", "8"),
    "clone": ("--clone", "1", "--clone-max", "32"),
    "zombie": ("--zombie", "1", "--zombie-max", "64"),
    "pthread": ("--pthread", "1", "--pthread-max", "32"),
    "prctl": ("--prctl", "1"),
    "exit-group": ("--exit-group", "1"),
    "session": ("--session", "1"),
    "daemon": ("--daemon", "1"),
    "ptrace": ("--ptrace", "1"),
    "wait": ("--wait", "1"),
}
# What makes processes comes after what looks at them. Few pids are soon used again.
_NICE = ("sh", "-c", 'renice -n 10 $$ && exec "$@"', "sh")
_PID_MAX = 4096

# Their commands, which end with their standard input. Processes 1 and 2 live on, and so does the
# reader.
_IN_NAMESPACE = (*procfs.OWN_NAMESPACE, "sh", "-c",
                 "sh -c 'renice -n 10 $$; sleep 999999 | churn 1' > /dev/null & exec proofread $*",
                 "sh")
READERS = {
    "tasks": ("proofread", "tasks", procfs.TASKS, "1", "2", "self"),
    "threads": ("proofread", "threads", procfs.THREADS, "1", "2", "self"),
    "report": ("proofread", "report", procfs.REPORT, "1", "2", "self"),
    "tasks in a pid namespace": (*_IN_NAMESPACE, "tasks", procfs.TASKS, "self"),
    "report in a pid namespace": (*_IN_NAMESPACE, "report", procfs.REPORT, "self"),
}
# As often as it can: a pid namespace, one reading in it, and its end.
NAMESPACES = "pid namespaces, one reading in each"
_END = "/tmp/soak.end"
_NAMESPACES_SCRIPT = (f"until [ -e {_END} ]; do {' '.join(procfs.OWN_NAMESPACE)}"
                      f" proofread tasks {procfs.TASKS} self < /dev/null || exit; done")
# Stops in the middle of the file, and goes on when it is told.
HELD = "a reading that unloading was tried in"
_PART = "/tmp/soak.part"
_HELD_SCRIPT = (f"exec 3< {procfs.TASKS}; dd bs=100 count=1 <&3 > {_PART} 2> /dev/null; echo held;"
                f" read line; cat <&3 >> {_PART}; exec 3<&-; exec proofread tasks {_PART} 1 2")
_CHURN = "stress-ng"

_IN_USE = re.compile(r"is in use|Resource temporarily unavailable")
# Where report_mod stayed and walker_mod went, no dependency of the one brings the other.
_LOAD = ("modprobe", "-a", "report_mod", "walker_mod")
_UNLOAD = (("modprobe", "-r", "report_mod", "walker_mod"),
           ("rmmod", "report_mod", "walker_mod", "core_mod"))
_LEFT = "cut -d' ' -f1 /proc/modules; ls -d /proc/taskmods 2> /dev/null; true"
# Twice: what is freed after a grace period may give more to free to the next one.
_SETTLE = " ".join(2 * [f"echo 3 > /proc/sys/vm/drop_caches; insmod {FIXTURES_DIR}/rcu_settle.ko; "
                        "rmmod rcu_settle;"])
# What a leak of ours would be in, of /proc/meminfo. Free memory says less: the page allocator keeps
# more or less of it aside for each CPU. The two differ by a tenth of this from round to round.
_MEMORY = ("SUnreclaim:", "VmallocUsed:")
# By how much more of it may be in use after the last round than after the first.
MEMORY_KB = 2048


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
        self._say = say
        guest.sh(f"depmod; echo {_PID_MAX} > /proc/sys/kernel/pid_max")
        there = guest.run(*STRESS_NG.command, "--stressors", check=True).out.split()
        self.stressors = [name for name in STRESSORS if name in there]
        self._files = health.traces(guest)
        self._forks = self._number("/proc/stat", "processes")
        # Of this round: what runs, how often each reader was asked, and what it had read then.
        self._jobs: dict[str, GuestJob] = {}
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
            look = min(time.monotonic() + LOOK_SECONDS, until)
            while time.monotonic() < look:
                for command in _UNLOAD:
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
        if self.tally.memory[-1] > self.tally.memory[0] + MEMORY_KB:
            self._fail("memory", "the kernel's kilobytes after each round are "
                       + " ".join(map(str, self.tally.memory)))

    def _fail(self, what: str, seen: str) -> NoReturn:
        raise GuestError(f"{what}: {seen.strip()}\n{self._guest.qemu.tail()}")

    def _start(self) -> None:
        self._guest.sh(f"rm -f {_END}")
        self._looks = 0
        self._noted.clear()
        options = [word for name in self.stressors for word in STRESSORS[name]]
        churn = (*_NICE, *STRESS_NG.command, "--log-brief", "--timeout", "0", "--temp-path", "/tmp")
        self._jobs = {name: self._guest.start(*argv) for name, argv in READERS.items()}
        self._jobs[NAMESPACES] = self._guest.start("sh", "-c", _NAMESPACES_SCRIPT)
        self._jobs[_CHURN] = self._guest.start(*churn, *options)

    def _load(self) -> None:
        """Two at once: one of them does it, and the other one's is no failure."""
        for job in [self._guest.start(*_LOAD) for _ in range(2)]:
            result = job.wait(_TIMEOUT)
            if result.status or result.err:
                self._fail(" ".join(_LOAD), f"status {result.status}: {result.err}")
        if self.tally.loads == self.tally.unloads:
            self.tally.loads += 1

    def _hold(self) -> None:
        """Try to unload while a reader is in the middle of its file; what it reads is whole."""
        reader = self._guest.start("sh", "-c", _HELD_SCRIPT)
        reader.expect("held\n", _TIMEOUT)
        result = self._guest.run("rmmod", "walker_mod", timeout=_TIMEOUT)
        if not result.status or not _IN_USE.search(result.err):
            self._fail("rmmod walker_mod, its file open", f"status {result.status}: {result.err}")
        self.tally.refusals += 1
        reader.send(b"\n")
        result = reader.finish(_TIMEOUT)
        if result.status:
            self._fail(HELD, result.err)
        self.tally.readings[HELD] += 1

    def _unload(self, command: tuple[str, ...]) -> bool:
        """Unload all, or be refused because of a reader; return which.

        modprobe tries walker_mod twice, for report_mod's softdep and by itself: the first may be
        refused, and the second go well.
        """
        result = self._guest.run(*command, timeout=_TIMEOUT)
        complaints = result.err.splitlines()
        in_use = all(map(_IN_USE.search, complaints))
        if result.status and complaints and in_use:
            self.tally.refusals += 1
            return False
        left = self._guest.run("sh", "-c", _LEFT, timeout=_TIMEOUT).out
        if result.status or left or not in_use:
            self._fail(" ".join(command), f"status {result.status}: {result.err}{left}")
        self.tally.unloads += 1
        return True

    def _look(self) -> None:
        """See that all goes on, and tell."""
        self._looks += 1
        for name in READERS:
            self._jobs[name].send(b"\n")
        for name in READERS:
            self._note(name, self._answer(name))
        for name in (NAMESPACES, _CHURN):
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
            return int(self._jobs[name].expect(pattern, _TIMEOUT)[1])
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
        lines = self._jobs[NAMESPACES].expect("").string.split("\n")[:-1]
        self._note(NAMESPACES, sum(int(line.split()[0]) for line in lines))

    def _end(self) -> None:
        """End all that runs; each by itself, and in good order."""
        self._guest.sh(f"touch {_END}")
        self._jobs[_CHURN].kill(signal.SIGINT)
        for name, job in self._jobs.items():
            result = job.finish(_TIMEOUT)
            # A stressor that is interrupted may say that it failed.
            if result.status and name != _CHURN:
                self._has_ended(name)
            if name in READERS:
                self._note(name, int(result.out.splitlines()[-1].split()[0]))
        self._note_namespaces()
        self._load()
        if not self._unload(_UNLOAD[0]):
            self._fail(" ".join(_UNLOAD[0]), "refused, where nobody reads any more")

    def _settle(self, mark: int) -> None:
        """See that the guest is as it was before the round."""
        self._guest.sh(_SETTLE, _TIMEOUT)
        self.tally.memory.append(sum(self._number("/proc/meminfo", name) for name in _MEMORY))
        problems = health.problems(self._guest, mark, self._files)
        if problems:
            self._fail("after a round", "\n".join(problems))

    def _number(self, path: str, name: str) -> int:
        """Return the number that follows a name in a file of the guest's."""
        return int(self._guest.sh(f"awk '$1 == \"{name}\" {{ print $2 }}' {path}", _TIMEOUT))


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
