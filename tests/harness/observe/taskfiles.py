# SPDX-License-Identifier: GPL-2.0
"""Our files in /proc, and what was logged: what stands there, read strictly."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..guest.klog import LogRecord
from ..guest.vm import VM

TASKS = "/proc/taskmods/tasks"
THREADS = "/proc/taskmods/threads"
REPORT = "/proc/taskmods/report"

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

_REPORT_LINE = re.compile(r"([A-Z_]+) +(\d+) +(\d+)")
_LOG_LINE = re.compile(rf"walker_mod: pid=(\d+) comm=([^ ]*) state=([{STATES}]) parent=([^ ]*)")
_ESCAPE = re.compile(r"\\(\d{3})")


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
    """A line of the threads file; the name is decoded, `lastrun` is None where it is not known."""

    pid: int
    tid: int
    state: str
    uid: int
    cgroup: int
    lastrun: int | None
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


def _number(cell: str) -> int:
    if not re.fullmatch(r"\d+", cell):
        raise Malformed(f"not a number: {cell!r}")
    return int(cell)


def _number_or_dash(cell: str) -> int | None:
    return None if cell == "-" else _number(cell)


def _state(cell: str) -> str:
    if len(cell) != 1 or cell not in STATES:
        raise Malformed(f"not the letter of a state: {cell!r}")
    return cell


# What each column holds, as the fields of Process and Thread.
_TASKS: dict[str, Callable[[str], object]] = {
    "PID": _number, "PPID": _number, "STATE": _state, "COMM": decode, "PARENT": decode}
_THREADS: dict[str, Callable[[str], object]] = {
    "PID": _number, "TID": _number, "STATE": _state, "UID": _number, "CGROUP": _number,
    "LASTRUN": _number_or_dash, "COMM": decode}
TASKS_COLUMNS, THREADS_COLUMNS = tuple(_TASKS), tuple(_THREADS)
TASKS_HEADER, THREADS_HEADER = "\t".join(_TASKS), "\t".join(_THREADS)

T = TypeVar("T")


def parse_tasks(text: str) -> dict[int, Process]:
    """Return the processes of one whole reading of the tasks file, by pid, in its order.

    Raises Malformed unless each line has its form and pids ascend strictly.
    """
    return _parse(text, _TASKS, "PID", Process)


def parse_threads(text: str) -> dict[int, Thread]:
    """Return the threads of one whole reading of the threads file, by TID, in its order.

    Raises Malformed unless each line has its form and TIDs ascend strictly.
    """
    return _parse(text, _THREADS, "TID", Thread)


def _parse(text: str, columns: dict[str, Callable[[str], object]], key: str,
           make: Callable[..., T]) -> dict[int, T]:
    header, *lines = _lines(text)
    if header != "\t".join(columns):
        raise Malformed(f"not the header: {header!r}")
    found: dict[int, T] = {}
    last = 0
    for line in lines:
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise Malformed(f"not a cell for each column: {line!r}")
        values = [read(cell) for read, cell in zip(columns.values(), cells)]
        number = int(cells[list(columns).index(key)])
        if number <= last:
            raise Malformed(f"{key} {number} follows {last}")
        last = number
        found[last] = make(*values)
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


def read_tasks(vm: VM, proc: str = "/proc") -> dict[int, Process]:
    """Return what the tasks file shows on the mount at `proc`."""
    return parse_tasks(vm.read(f"{proc}/taskmods/tasks"))


def read_threads(vm: VM, proc: str = "/proc") -> dict[int, Thread]:
    """Return what the threads file shows on the mount at `proc`."""
    return parse_threads(vm.read(f"{proc}/taskmods/threads"))


def read_report(vm: VM, proc: str = "/proc") -> dict[str, Counts]:
    """Return what the report shows on the mount at `proc`."""
    return parse_report(vm.read(f"{proc}/taskmods/report"))


def _lines(text: str) -> list[str]:
    if not text.endswith("\n"):
        raise Malformed(f"does not end with a line: {text[-80:]!r}")
    return text[:-1].split("\n")
