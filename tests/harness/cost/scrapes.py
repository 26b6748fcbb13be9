# SPDX-License-Identifier: GPL-2.0
"""What a scrape costs: taskmods metrics, beside node_exporter's own collector of processes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ..guest.agent import Job
from ..guest.programs import NODE_EXPORTER, PS
from ..guest.vm import VM
from ..host import cli
from ..host.errors import HarnessError
from ..kernels.architectures import Architecture
from ..observe.metrics import samples
from . import meter
from .readers import Reader, Seen

_PLACE = "/run/node-exporter"
_TASKMODS = "/opt/taskmods/taskmods"
_TIMEOUT = 120.0
# An exporter's threads come and go, and who asks is among the tasks.
ROOM = 20


def _nothing(_: str) -> Seen:
    return frozenset()


def _metrics(*options: str) -> tuple[str, ...]:
    # With the libraries that ps has brought.
    return ("run", " ".join((*PS.command[:-1], _TASKMODS, "metrics", *options)))


_FILE = ("--textfile", f"{_PLACE}/taskmods.prom")
METRICS = Reader("metrics", "taskmods metrics", _metrics(*_FILE), "scrape", _nothing)
BRIEF = Reader("metrics-brief", "taskmods metrics --brief", _metrics("--brief", *_FILE), "scrape",
               _nothing)
# Each with its port, to which its process is added once it runs.
TEXTFILE = Reader("scrape-textfile", "node_exporter, textfile collector", ("scrape", "9100"),
                  "scrape", _nothing)
PROCESSES = Reader("scrape-processes", "node_exporter, processes collector", ("scrape", "9101"),
                   "scrape", _nothing)
SCRAPES = (METRICS, BRIEF, TEXTFILE, PROCESSES)
_COLLECTORS = {
    TEXTFILE: ("--collector.textfile", f"--collector.textfile.directory={_PLACE}"),
    PROCESSES: ("--collector.processes",),
}
# Their sums are the processes, and the threads.
_COUNTED = {
    TEXTFILE.id: ("taskmods_processes", "taskmods_threads"),
    PROCESSES.id: ("node_processes_pids", "node_processes_threads"),
}


def files(architecture: Architecture) -> dict[str, bytes]:
    """Return what VM's `files` takes to have the command and node_exporter, besides ps.

    Raises HarnessError where something cannot be had or built.
    """
    program = cli.built(architecture.tool("gcc"))
    return NODE_EXPORTER.files(architecture) | {_TASKMODS: program.read_bytes()}


@contextmanager
def running(guest: VM) -> Iterator[list[Reader]]:
    """A context in which exporters run in a guest, modules loaded; it yields what to measure.

    Raises GuestError where one does not start.
    """
    guest.sh(f"mkdir -p {_PLACE}; mount -t cgroup2 none /sys/fs/cgroup")
    jobs = {reader: _serve(guest, reader) for reader in _COLLECTORS}
    yield [METRICS, BRIEF, *(replace(reader, words=(*reader.words, str(job.pid)))
                             for reader, job in jobs.items())]
    for job in jobs.values():
        job.kill()
        job.wait()


def _serve(guest: VM, reader: Reader) -> Job:
    # It logs to standard error.
    job = guest.start("sh", "-c", 'exec "$@" 2>&1', "sh", *NODE_EXPORTER.command,
                      "--collector.disable-defaults", *_COLLECTORS[reader],
                      "--web.disable-exporter-metrics",
                      f"--web.listen-address=127.0.0.1:{reader.words[1]}")
    job.expect("Listening on", _TIMEOUT)
    return job


def check(guest: VM, there: Sequence[Reader]) -> None:
    """See that what is scraped has as many processes and threads as taskmods metrics counts.

    Raises HarnessError where they do not.
    """
    ours = _counts(meter.show(guest, *_metrics()), *_COUNTED[TEXTFILE.id])
    meter.measure(guest, 1, *METRICS.words)
    for reader in there:
        if reader.id not in _COUNTED:
            continue
        theirs = _counts(meter.show(guest, *reader.words), *_COUNTED[reader.id])
        if any(abs(one - other) > ROOM for one, other in zip(ours, theirs, strict=True)):
            raise HarnessError(f"{reader.what} counts {theirs}, taskmods metrics {ours}")


def _counts(text: str, *names: str) -> list[float]:
    found = samples(text[text.index("# HELP"):])
    return [sum(value for key, value in found.items() if key[0] == name) for name in names]
