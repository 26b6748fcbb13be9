# SPDX-License-Identifier: GPL-2.0
"""What /proc says of tasks: our files, read strictly, and the kernel's own beside them."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..guest.vm import VM, LogRecord

TASKS = "/proc/taskmods/tasks"
THREADS = "/proc/taskmods/threads"
REPORT = "/proc/taskmods/report"

TASKS_HEADER = "PID\tPPID\tSTATE\tCOMM\tPARENT"
THREADS_HEADER = "PID\tTID\tSTATE\tUID\tCGROUP\tBLOCKED\tCOMM"
REPORT_COLUMNS = ("STATE", "PROCESSES", "THREADS")
# The rows but the last, in their order, by the letter that /proc/PID/stat has for each.
REPORT_ROWS = {
    "R": "TASK_RUNNING",
    "S": "TASK_INTERRUPTIBLE",
    "D": "TASK_UNINTERRUPTIBLE",
    "T": "TASK_STOPPED",
    "t": "TASK_TRACED",
    "X": "EXIT_DEAD",
    "Z": "EXIT_ZOMBIE",
    "P": "TASK_PARKED",
    "I": "TASK_IDLE",
}
STATES = "".join(REPORT_ROWS)
COMM_BYTES = 15
# Makes a command process 1 of a pid namespace with a /proc of its own.
OWN_NAMESPACE = ("unshare", "-p", "-f", "--mount-proc")

_TASKS_LINE = re.compile(rf"(\d+)\t(\d+)\t([{STATES}])\t([^\t]*)\t([^\t]*)")
_THREADS_LINE = re.compile(rf"(\d+)\t(\d+)\t([{STATES}])\t(\d+)\t(\d+)\t(\d+|-)\t([^\t]*)")
_REPORT_LINE = re.compile(r"([A-Z_]+) +(\d+) +(\d+)")
_LOG_LINE = re.compile(rf"walker_mod: pid=(\d+) comm=([^ ]*) state=([{STATES}]) parent=([^ ]*)")
_ESCAPE = re.compile(r"\\(\d{3})")
# All the numbers are asked for: no name is long enough to pass for them.
_STAT = re.compile(rb"(\d+) \((.{0,64}?)\) ([A-Za-z]) ((?:-?\d+ ){48}-?\d+)\n", re.DOTALL)
_PF_KTHREAD = 0x00200000

T = TypeVar("T")


class Malformed(ValueError):
    """What was read is not of the form that is promised; says where."""


@dataclass(frozen=True)
class Process:
    """A line of the tasks file; names are decoded."""

    pid: int
    ppid: int
    state: str
    name: bytes
    parent: bytes


@dataclass(frozen=True)
class Thread:
    """A line of the threads file; the name is decoded, `blocked` is None where it is not known."""

    pid: int
    tid: int
    state: str
    uid: int
    cgroup: int
    blocked: int | None
    name: bytes


@dataclass(frozen=True)
class Counts:
    """A row of the report."""

    processes: int
    threads: int


@dataclass(frozen=True)
class Logged:
    """A line that walker_mod logged; names are decoded."""

    pid: int
    name: bytes
    state: str
    parent: bytes


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


def decode(field: str, plain_space: bool = True) -> bytes:
    """Return the name that an escaped field stands for.

    `plain_space` says whether a space stands for itself; else it must be escaped as well.
    Raises Malformed where a byte is not escaped that should be, or is that should not.
    """
    def plain(char: str) -> bool:
        return " " < char <= "~" and char != "\\" or char == " " and plain_space

    name = b""
    at = 0
    while at < len(field):
        escape = _ESCAPE.match(field, at)
        char = chr(int(escape[1], 8)) if escape else field[at]
        if ord(char) not in range(1, 256) or plain(char) == bool(escape):
            raise Malformed(f"not a name as it should be written: {field!r}")
        name += char.encode("latin-1")
        at += 4 if escape else 1
    if len(name) > COMM_BYTES:
        raise Malformed(f"longer than a name can be: {field!r}")
    return name


def hexname(name: bytes) -> str:
    """Return `name` as the guest's program `tasks` takes it."""
    return name.hex()


def raw(text: str) -> bytes:
    """Return the bytes that the guest wrote, of a command's output."""
    return text.encode(errors="surrogateescape")


def parse_tasks(text: str) -> dict[int, Process]:
    """Return the processes of one whole reading of the tasks file, by pid, in its order.

    Raises Malformed unless each line has its form and pids ascend strictly.
    """
    header, *lines = _lines(text)
    if header != TASKS_HEADER:
        raise Malformed(f"not the header: {header!r}")
    found: dict[int, Process] = {}
    last = 0
    for line in lines:
        match = _TASKS_LINE.fullmatch(line)
        if not match:
            raise Malformed(f"not a line of a process: {line!r}")
        pid, ppid, state, name, parent = match.groups()
        if int(pid) <= last:
            raise Malformed(f"pid {pid} follows pid {last}")
        last = int(pid)
        found[last] = Process(last, int(ppid), state, decode(name), decode(parent))
    return found


def parse_threads(text: str) -> dict[int, Thread]:
    """Return the threads of one whole reading of the threads file, by TID, in its order.

    Raises Malformed unless each line has its form and TIDs ascend strictly.
    """
    header, *lines = _lines(text)
    if header != THREADS_HEADER:
        raise Malformed(f"not the header: {header!r}")
    found: dict[int, Thread] = {}
    last = 0
    for line in lines:
        match = _THREADS_LINE.fullmatch(line)
        if not match:
            raise Malformed(f"not a line of a thread: {line!r}")
        pid, tid, state, uid, cgroup, blocked, name = match.groups()
        if int(tid) <= last:
            raise Malformed(f"TID {tid} follows TID {last}")
        last = int(tid)
        found[last] = Thread(int(pid), last, state, int(uid), int(cgroup),
                             None if blocked == "-" else int(blocked), decode(name))
    return found


def parse_report(text: str) -> dict[str, Counts]:
    """Return the rows of one whole reading of the report, by name, TOTAL among them.

    Raises Malformed unless it has its header and every row in order, columns are aligned, and each
    adds up to its total.
    """
    header, *lines = _lines(text)
    if tuple(header.split()) != REPORT_COLUMNS:
        raise Malformed(f"not the header: {header!r}")
    rows: dict[str, Counts] = {}
    for line in lines:
        match = _REPORT_LINE.fullmatch(line)
        if not match or len(line) != len(header):
            raise Malformed(f"not a row of the report: {line!r}")
        rows[match[1]] = Counts(int(match[2]), int(match[3]))
    if list(rows) != [*REPORT_ROWS.values(), "TOTAL"] or len(rows) != len(lines):
        raise Malformed(f"not the rows of the report: {text!r}")
    total = rows["TOTAL"]
    parts = [rows[name] for name in REPORT_ROWS.values()]
    if total != Counts(sum(p.processes for p in parts), sum(p.threads for p in parts)):
        raise Malformed(f"does not add up: {text!r}")
    return rows


def split_readings(text: str, header: str) -> list[str]:
    """Return the readings that stand one after the other in `text`, each begun by `header`."""
    first, *rest = text.split(header)
    if first:
        raise Malformed(f"does not begin with the header: {first[:80]!r}")
    return [header + reading for reading in rest]


def log_text(record: LogRecord) -> str:
    """Return what was logged: /dev/kmsg writes backslash and what is not printable as \\xNN."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), record.text)


def logged_tasks(records: Sequence[LogRecord]) -> list[Logged]:
    """Return the processes that walker_mod logged, in order.

    Raises Malformed where a record of the module's is not of its form.
    """
    found = []
    for text in map(log_text, records):
        match = _LOG_LINE.fullmatch(text)
        if match:
            pid, name, state, parent = match.groups()
            found.append(Logged(int(pid), decode(name, plain_space=False), state,
                                decode(parent, plain_space=False)))
        elif text.startswith("walker_mod: "):
            raise Malformed(f"not a line of a process: {text!r}")
    return found


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


def read_tasks(vm: VM, proc: str = "/proc") -> dict[int, Process]:
    """Return what the tasks file shows on the mount at `proc`."""
    return parse_tasks(vm.read(f"{proc}/taskmods/tasks"))


def read_threads(vm: VM, proc: str = "/proc") -> dict[int, Thread]:
    """Return what the threads file shows on the mount at `proc`."""
    return parse_threads(vm.read(f"{proc}/taskmods/threads"))


def read_report(vm: VM, proc: str = "/proc") -> dict[str, Counts]:
    """Return what the report shows on the mount at `proc`."""
    return parse_report(vm.read(f"{proc}/taskmods/report"))


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


@dataclass(frozen=True)
class Held:
    """Processes that a program of the guest's holds.

    `pid` is the program's own, `children` has (state letter, pid) in the order asked for, `proc`
    is the mount whose numbers these are.
    """

    pid: int
    children: tuple[tuple[str, int], ...]
    proc: str

    @property
    def pids(self) -> list[int]:
        """The children's pids."""
        return [pid for _, pid in self.children]


def held(vm: VM, name: bytes, *specs: tuple[str, bytes], own_namespace: bool = False
         ) -> AbstractContextManager[Held]:
    """A context in which `tasks` called `name` holds children in (state, name).

    With `own_namespace` it is process 1 of a pid namespace and has a mount of /proc for it; nothing
    in there runs but what is held, so that all that is to be seen there stands still.
    """
    words = [f"{state}:{hexname(child)}" for state, child in specs]
    return _hold(vm, ["tasks", hexname(name), *words], own_namespace)


def crowd(vm: VM, number: int, own_namespace: bool = False) -> AbstractContextManager[Held]:
    """A context with `number` cheap children of a process that is called "crowd", as they are."""
    return _hold(vm, ["crowd", str(number)], own_namespace)


# A job is a process group, whose number is its first process's: that one leaves another behind.
_LEADERLESS = ("set -m; sh -c 'sleep 999999 &' & wait $!; echo G $!; echo ready;"
               " read; kill -- -$!")


def leaderless_group(vm: VM) -> AbstractContextManager[Held]:
    """A context, in a pid namespace of its own, with a process group whose leader is gone.

    A shell is process 1 there, and one process is left of the group; its number is in `pids`.
    """
    return _hold(vm, ["bash", "-c", _LEADERLESS], own_namespace=True)


@contextmanager
def _hold(vm: VM, argv: list[str], own_namespace: bool) -> Iterator[Held]:
    job = vm.start(*(OWN_NAMESPACE if own_namespace else ()), *argv)
    try:
        lines = job.expect(r"\A([\w\s]*)ready\n")[1].splitlines()
        children = tuple((state, int(pid)) for state, pid in map(str.split, lines))
        if own_namespace:
            outside = vm.read(f"/proc/{job.pid}/task/{job.pid}/children").strip()
            yield Held(1, children, f"/proc/{outside}/root/proc")
        else:
            yield Held(job.pid, children, "/proc")
    finally:
        job.finish()


def _lines(text: str) -> list[str]:
    if not text.endswith("\n"):
        raise Malformed(f"does not end with a line: {text[-80:]!r}")
    return text[:-1].split("\n")
