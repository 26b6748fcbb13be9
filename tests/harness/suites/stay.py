# SPDX-License-Identifier: GPL-2.0
"""Being in a guest for a suite: what is typed there, and what is noticed where it is lost.

A stranger's module may hang its loader or the machine, or end that: it is no trouble of ours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..guest.klog import LogRecord
from ..guest.trouble import TROUBLE
from ..guest.vm import VM
from ..host.errors import GuestError
from ..observe import loaded, races
from ..observe.tracepoints import Event, ModuleTrace
from ..observe.transcript import Entry
from .remains import Things, left, look

# Of what a lost guest had to say, so much is kept.
_CONSOLE_LINES = 60
_ANSWER_SECONDS = 10.0
# What a module may set without a word: P, C, O and E.
_FACTS = frozenset({0, 10, 12, 13})
_TAINTS = "PFSRMBUDAWCIOELKXTN"
_CUT_HERE = "[ cut here ]"
# Of a longer log so many lines of its begin and of its end are shown.
_SHOWN_LINES = 100
# So many lines at one load are a flood.
_FLOOD = 10000


class Lost(Exception):
    """A guest cannot be gone on with, and why; `module` is the one that was loaded or unloaded."""

    def __init__(self, why: str, module: str = "") -> None:
        super().__init__(why)
        self.module = module


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    status: int
    out: str

    @property
    def last(self) -> str:
        """Its last line."""
        return (self.out.strip().splitlines() or [""])[-1].strip()

    @property
    def words(self) -> str:
        """What it said of its failure, or that it said nothing."""
        return self.last or f"exit status {self.status} without a word"


class Stay:
    """A guest with a suite installed, and none of its modules loaded.

    `patience` is the seconds that a command may take. `before` is what there was in it, which is
    looked for where it is not known from another one like it.
    Its methods raise Lost or GuestError where the guest is lost; lost() tells how.
    """

    def __init__(self, vm: VM, patience: float, before: Things | None = None) -> None:
        self.vm = vm
        self.transcript: list[Entry] = []
        self._patience = patience
        self._trace = ModuleTrace(vm)
        self._read = 0
        self._taint = self._tainted()
        self.before = look(vm) if before is None else before
        self.at_first = frozenset(self.modules())
        self.log_mark = vm.log_end()
        self.lost_records = 0
        # What was under way, by the first process of its time.
        self.pids: dict[int, tuple[str, str]] = {}

    def take_transcript(self) -> tuple[Entry, ...]:
        """Return what was typed and seen since the last time."""
        taken, self.transcript = tuple(self.transcript), []
        return taken

    def type(self, command: str, patience: float = 0) -> Said:
        """Have a shell run a command to its end.

        Raises Lost where it does not end in time.
        """
        job = self.vm.start("sh", "-c", f"exec 2>&1; {command}")
        try:
            result = job.wait(patience or self._patience)
        except GuestError as error:
            said = job.out.decode(errors="replace")
            self.transcript.append(Entry("guest", command, said))
            raise self.lost(command, job.pid) from error
        self.transcript.append(Entry("guest", command, result.out, result.status))
        return Said(result.status, result.out)

    def say(self, what: str) -> None:
        """Put into the transcript what the bench did."""
        self.transcript.append(Entry("send", what))

    def show(self, events: Sequence[Event]) -> None:
        """Put the loads, and what was freed, into the transcript."""
        lines = "\n".join(event.line() for event in events if event.name in ("load", "free"))
        self.transcript.append(Entry("trace", "[tracepoints]", lines))

    def shorten_last(self, command: str, output: str) -> None:
        """Show the last command in other words, and of its output this."""
        self.transcript[-1] = replace(self.transcript[-1], text=command, output=output)

    def call(self, name: str, *arguments: str) -> str:
        """Make a system call; return its errno's name, or "0"."""
        title = f"{name}({', '.join(arguments)})"
        seen = self.vm.call(name, *arguments, timeout=self._patience)
        self.transcript.append(Entry("call", f"{title} = {'0' if seen == '0' else f'-1 {seen}'}"))
        return seen

    def lost(self, command: str, pid: int = 0) -> Lost:
        """Return how it was lost by a command that did not end: what the guest still tells."""
        try:
            told = self.vm.run("sh", "-c", f"cat /proc/modules; echo; cat /proc/{pid}/stack",
                               timeout=_ANSWER_SECONDS).out
        except GuestError:
            return Lost(self._last_words())
        modules, _, stack = told.partition("\n\n")
        for module, *_, state, _, _ in (line.split()[:7] for line in modules.splitlines()
                                        if re.search(r" (Loading|Unloading) ", line)):
            # That of a sleeping task may begin with how it left its processor.
            frames = re.findall(r"\] (?!__switch_to\+)(\S+?)\+0x", stack)
            self.transcript.append(Entry("guest", f"cat /proc/{pid}/stack", stack))
            return Lost(f"hangs in its {'init' if state == 'Loading' else 'exit'}"
                        + (f", in {frames[0]}()" if frames else ""), module)
        return Lost(f"{command} did not end within {self._patience:g} s")

    def _last_words(self) -> str:
        """Return what the console of a guest that is lost says of it."""
        lines = self.vm.qemu.console().splitlines()
        trouble = [line for line in lines if TROUBLE.search(line)]
        self.transcript.append(Entry("log", "", "\n".join(lines[-_CONSOLE_LINES:])))
        if not trouble:
            return "hangs the whole machine, without a word"
        panic = next((line for line in trouble if "Kernel panic" in line), "")
        return "ends the kernel: " + _untimed(panic or trouble[-1])

    def modules(self) -> dict[str, loaded.Module]:
        """Return the modules that are loaded, as /proc/modules has them."""
        return loaded.modules(self.vm)

    def live(self) -> set[str]:
        """Return the names of the modules whose init has come back, and whose exit is not begun."""
        return {name for name, module in self.modules().items() if module.state == "Live"}

    def clear(self) -> set[str]:
        """Unload all that was not there at first; return what stays."""
        # The newest is the first, but one that was asked for by an older one may be in use by it.
        for _ in range(2):
            rest = [name for name in self.modules() if name not in self.at_first]
            if rest:
                self.type(f"modprobe -r -a {' '.join(rest)}")
        return set(self.modules()) - self.at_first if rest else set()

    def events(self) -> list[Event]:
        """Return the module events since the last time they were asked for."""
        self._trace.read()
        new = self._trace.events[self._read:]
        self._read += len(new)
        return new

    def forget_events(self) -> None:
        """Have the kernel's buffer empty, as what is done often fills it."""
        self._trace = ModuleTrace(self.vm)
        self._read = 0

    def holders(self) -> dict[str, set[str]]:
        """Return for each loaded module those that sysfs has as its holders."""
        out = self.vm.run("sh", "-c", "cd /sys/module; echo */holders/*").out
        found: dict[str, set[str]] = {}
        for path in out.split():
            module, _, holder = path.split("/")
            found.setdefault(module, set()).add(holder)
        return found

    def log(self) -> list[LogRecord]:
        """Return the records of the kernel log since the last time, and show them."""
        records = races.whole(self.vm, self.log_mark)
        self.lost_records = records[0].seq - self.log_mark if records else 0
        if records:
            self.log_mark = records[-1].seq + 1
            records = list(races.judged(records))
            lines = [str(record) for record in records]
            if len(lines) > 2 * _SHOWN_LINES:
                lines[_SHOWN_LINES:-_SHOWN_LINES] = [f"... {len(lines) - 2 * _SHOWN_LINES} more"]
            self.transcript.append(Entry("log", "", "\n".join(lines)))
        return records

    def trouble(self, flood: bool = True) -> list[str]:
        """Return what went wrong by the kernel's log and taint since the last time, a line each.

        A `flood` of the log is wrong as well.
        """
        records = self.log()
        found = list(troubled([record.text for record in records]))
        if flood and self.lost_records:
            found.append(f"floods the log: {self.lost_records} records of it were lost, "
                         f"{len(records)} are left")
        elif flood and len(records) > _FLOOD:
            found.append(f"floods the log with {len(records)} lines")
        taint = self._tainted()
        new = [_TAINTS[bit:bit + 1] or str(bit) for bit in range(64)
               if taint & ~self._taint & 1 << bit and bit not in _FACTS]
        self._taint |= taint
        return found or [f"taints the kernel: {letter}" for letter in new]

    def _tainted(self) -> int:
        return int(self.vm.read("/proc/sys/kernel/tainted"))

    def left(self) -> list[str]:
        """Return what there is that was not before, or is missing, a line each."""
        return left(self.vm, self.before)


def troubled(lines: Sequence[str]) -> Iterator[str]:
    """Return the lines that tell of trouble; of a warning also what it says itself."""
    for number, line in enumerate(lines):
        if _CUT_HERE in line:
            said = "".join(lines[number + 1:number + 2])
            if said and not TROUBLE.search(said):
                yield said
        elif TROUBLE.search(line):
            yield line


def _untimed(line: str) -> str:
    return re.sub(r"^(\[ *[\d.]+\])?(\[ *[TC]\d+\])? *", "", line)
