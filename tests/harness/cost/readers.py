# SPDX-License-Identifier: GPL-2.0
"""The readers that are compared: ours, their peers, and whether they all see the same tasks."""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..guest.programs import PS
from ..guest.vm import VM
from ..host.errors import HarnessError
from ..observe import taskfiles
from . import meter

# Where the BPF iterators are pinned, and the floor's file.
BPF_DIR = "/sys/fs/bpf"
FLOOR_FILE = "/proc/floor"

# A worker of the kernel's may come or go between two readings.
_TRIES = 5
# Each runs while it looks.
_OWN = ("meter", "ld.so", "ps")
_KTHREADD = "2"
# Between these the kernel's workers go while it is looked.
_PASSING = "RSDI"

# In ../bench/records.bpf.c: pid, parent's pid, name, parent's name, state.
_RECORD = struct.Struct("<ii16s16sc")

Seen = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Reader:
    """A way to read all tasks: its id, what it is, the meter's words for it.

    `subject` is the file of ours that it is compared with, `seen` makes what it shows comparable,
    `colour` is that of its curve; one without is not drawn.
    """

    id: str
    what: str
    words: tuple[str, ...]
    subject: str
    seen: Callable[[str], Seen]
    colour: str = ""

    @property
    def per(self) -> str:
        """What its cost is told for one of."""
        return {"tasks": "process", "scrape": "scrape"}.get(self.subject, "thread")

    @property
    def is_cheap(self) -> bool:
        """Whether it can be repeated often: its readings are short, and the guest's timer shows."""
        return self.words[0] in ("read", "own")

    @property
    def needs_bpf(self) -> bool:
        """Whether it is a BPF iterator."""
        return self.words[-1].startswith(BPF_DIR)


def _processes(text: str, separator: str | None = "\t") -> Seen:
    """Return pid, parent's pid and name of each process; the kernel's threads go without names.

    /proc/PID/stat shows longer names of these. A parent's name comes last where there is one.
    """
    found = set()
    for line in text.splitlines():
        pid, ppid, _, comm, *parent = line.strip().split(separator, 3 if separator is None else -1)
        if pid == "PID" or comm in _OWN:
            continue
        of_kernel = _KTHREADD in (pid, ppid)
        found.add((pid, ppid) if of_kernel else
                  (pid, ppid, comm.removesuffix(" <defunct>"), *parent[:1]))
    return frozenset(found)


def _columns(text: str) -> Seen:
    return _processes(text, None)


def _records(text: str) -> Seen:
    """Return the same of records.bpf.c's, which are no text."""
    data = text.encode(errors="surrogateescape")
    # A whole number of them, or else the last one is not compared, and lacks.
    whole = data[:len(data) // _RECORD.size * _RECORD.size]
    rows = ((str(pid), str(ppid), state.decode(), _name(comm), _name(parent))
            for pid, ppid, comm, parent, state in _RECORD.iter_unpack(whole))
    return _processes("\n".join("\t".join(row) for row in rows))


def _name(padded: bytes) -> str:
    return padded.partition(b"\0")[0].decode(errors="surrogateescape")


def _threads(text: str, separator: str | None = "\t") -> Seen:
    """Return pid, number and user of each thread, but of what runs while it looks."""
    rows = (line.strip().split(separator) for line in text.splitlines())
    return frozenset((row[0], row[1], row[3]) for row in rows
                     if row[0] != "PID" and row[-1] not in _OWN)


def _thread_columns(text: str) -> Seen:
    return _threads(text, None)


def _counts(text: str) -> Seen:
    """Return letter, processes and threads of each state, from rows of these."""
    return _comparable(line.split()[:3] for line in text.splitlines()
                       if line.split()[0] in taskfiles.STATES)


def _report(text: str) -> Seen:
    """Return the same of our report, which names states otherwise."""
    letters = {name: letter for letter, name in taskfiles.REPORT_ROWS.items()}
    rows = (line.split() for line in text.splitlines())
    return _comparable([letters[row[0]], *row[1:3]] for row in rows if row[0] in letters)


def _comparable(rows: Iterable[list[str]]) -> Seen:
    """Return rows of states, those in one that tasks go between all the time."""
    found, processes, threads = set(), 0, 0
    for letter, some, more in rows:
        if letter in _PASSING:
            processes, threads = processes + int(some), threads + int(more)
        else:
            found.add((letter, some, more))
    return frozenset({*found, (_PASSING, str(processes), str(threads))})


def _file(path: str, size: int = 65536) -> tuple[str, ...]:
    return ("read", str(size), path)


TASKS = (
    Reader("tasks-64k", "tasks, 64 KiB reads", _file(taskfiles.TASKS), "tasks", _processes,
           "#b40426"),
    Reader("tasks-4k", "tasks, 4 KiB reads", _file(taskfiles.TASKS, 4096), "tasks", _processes),
    Reader("tasks-64", "tasks, 64 byte reads", _file(taskfiles.TASKS, 64), "tasks", _processes),
)
THREADS = Reader("threads", "threads, 64 KiB reads", _file(taskfiles.THREADS), "threads", _threads,
                 "#f4a582")
REPORT = Reader("report", "report", _file(taskfiles.REPORT), "report", _report, "#3b4cc0")
OURS = (*TASKS, THREADS, REPORT)
# What peers are compared with.
OWN = {"tasks": TASKS[0], "threads": THREADS, "report": REPORT}
FLOOR = Reader("floor", "bare loop in the kernel", ("own", FLOOR_FILE), "report", _counts,
               "#555555")
PEERS = (
    Reader("ps", "ps -eo pid,ppid,stat,comm",
           ("run", f"{' '.join(PS.command)} -eo pid,ppid,stat,comm"), "tasks", _columns,
           "#e07b00"),
    Reader("scan", "C scan of /proc/PID/stat", ("processes",), "tasks", _processes,
           "#1b7837"),
    Reader("bpf-tasks", "BPF iterator, same columns", _file(f"{BPF_DIR}/tasks"), "tasks",
           _processes, "#9e6fb5"),
    Reader("bpf-records", "BPF iterator, binary records", _file(f"{BPF_DIR}/records"), "tasks",
           _records, "#d53e9d"),
    Reader("ps-threads", "ps -eLo pid,tid,stat,uid,comm",
           ("run", f"{' '.join(PS.command)} -eLo pid,tid,stat,uid,comm"), "threads",
           _thread_columns, "#c2a5cf"),
    Reader("scan-threads", "C scan of /proc/PID/task/TID/stat", ("threads",), "report", _counts,
           "#5aae61"),
    Reader("bpf-count", "BPF iterator that counts", _file(f"{BPF_DIR}/count"), "report", _counts,
           "#7a5c3e"),
    FLOOR,
)
BY_ID = {reader.id: reader for reader in (*OURS, *PEERS)}


def totals(guest: VM) -> tuple[int, int]:
    """Return how many processes and threads there are, by our report."""
    _, processes, threads = meter.show(guest, *REPORT.words).splitlines()[-1].split()
    return int(processes), int(threads)


def compare(ours: Seen, theirs: Seen) -> str:
    """Return how what a peer sees is not what our file shows, or nothing where it is."""
    width = max((len(row) for row in theirs), default=0)
    shown = {row[:width] for row in ours}
    return ", ".join(f"{who} {'/'.join(sorted(rows)[0])}{' and others' if len(rows) > 1 else ''}"
                     for who, rows in (("it lacks", shown - theirs), ("it has", theirs - shown))
                     if rows)


def check(guest: VM, reader: Reader) -> None:
    """See that a peer sees the tasks that ours does.

    Raises HarnessError where it does not.
    """
    own = OWN[reader.subject]
    said = ""
    for _ in range(_TRIES):
        ours = own.seen(meter.show(guest, *own.words))
        said = compare(ours, reader.seen(meter.show(guest, *reader.words)))
        if not said:
            return
    raise HarnessError(f"{reader.what} does not show what {own.what.partition(',')[0]} does: "
                       f"{said}")
