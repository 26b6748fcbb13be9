# SPDX-License-Identifier: GPL-2.0
"""docs/metrics.svg, drawn from what Prometheus has scraped of a guest.

In the guest two services come to wait for a disk that does not answer, as the course below says;
taskmods metrics runs there every second, and its text goes to a node_exporter on the host.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..guest.recipe import Parts
from ..guest.vm import VM
from ..host import cli, gnuplot
from ..host.paths import TOP
from ..host.progress import step
from ..observe import holders
from . import servers
from .servers import Prometheus

PLOT = TOP / "docs/metrics.svg"
SECONDS = 180
_GROUPS = {"/system.slice/nginx.service": "#1f77b4", "/system.slice/postgresql.service": "#ff7f0e"}
_NGINX, _POSTGRESQL = _GROUPS
_LASTRUN = "taskmods_blocked_lastrun_max_seconds"
# A group without threads has no series.
_BY_GROUP = 'sum(taskmods_cgroup_blocked_threads{cgroup="%s"}) or vector(0)'


@dataclass(frozen=True)
class Wait:
    """So many threads of a group that wait, from one second to another."""

    group: str
    threads: int
    begin: int
    end: int


_COURSE = (Wait(_NGINX, 6, 15, 55), Wait(_NGINX, 5, 30, 55), Wait(_POSTGRESQL, 3, 45, 140),
           Wait(_NGINX, 8, 95, 125), Wait(_POSTGRESQL, 4, 110, 140), Wait(_NGINX, 2, 150, 165))


def draw(parts: Parts) -> None:
    """Draw it, from a guest of these parts.

    Raises HarnessError where a guest, Prometheus or gnuplot cannot be had.
    """
    program = cli.built(parts.kernel.architecture.tool("gcc"), cli.FOR_GUESTS)
    files = {"/usr/bin/taskmods": program.read_bytes()}
    with TemporaryDirectory(prefix="taskmods-") as name, VM(parts, files=files) as guest:
        scratch = Path(name)
        textfiles = scratch / "textfiles"
        textfiles.mkdir()
        guest.sh("depmod; modprobe report_mod; mount -t cgroup2 none /sys/fs/cgroup; mkdir -p "
                 + " ".join(f"/sys/fs/cgroup{group}" for group in _GROUPS))
        with servers.exporter(textfiles, scratch) as exporter, \
             servers.prometheus(exporter, scratch) as prometheus, \
             step(f"Scraping a guest for {SECONDS} s"):
            began = time.time()
            _play(guest, textfiles)
            gnuplot.draw(PLOT, "900,520", _script(prometheus, began))


def _play(guest: VM, textfiles: Path) -> None:
    """Let the course happen, and write the guest's metrics meanwhile."""
    running: dict[Wait, ExitStack] = {}
    for now in _seconds():
        for wait in _COURSE:
            if wait.begin <= now < wait.end and wait not in running:
                running[wait] = ExitStack()
                running[wait].enter_context(_waiting(guest, wait))
            elif now >= wait.end and wait in running:
                running[wait].close()
        text = guest.run("taskmods", "metrics", check=True).out
        (textfiles / "new").write_text(text, encoding="utf-8")
        (textfiles / "new").rename(textfiles / "taskmods.prom")


def _seconds() -> Iterator[float]:
    """Yield the seconds since the beginning, about once in each."""
    began = time.monotonic()
    while (now := time.monotonic() - began) < SECONDS:
        yield now
        time.sleep(max(0.0, 1 - (time.monotonic() - began - now)))


@contextmanager
def _waiting(guest: VM, wait: Wait) -> Iterator[None]:
    name = wait.group.rpartition("/")[2].removesuffix(".service")
    job = guest.start("sh", "-c", f"echo $$ > /sys/fs/cgroup{wait.group}/cgroup.procs; "
                      f"exec tasks {holders.hexname(name.encode())} "
                      f"D{wait.threads}:{holders.hexname(name.encode())}")
    job.expect("ready\n")
    yield
    job.finish()


def _script(prometheus: Prometheus, began: float) -> list[str]:
    """Return what has gnuplot draw the threads by group above when one last ran, as SVG."""
    lines = ["set multiplot layout 2,1", "set grid", "set lmargin 8",
             "set rmargin 3", f"set xrange [0:{SECONDS}]", "set yrange [0:*]",
             "set key right top reverse Left", "set style fill solid 0.4"]
    sums = [_points(prometheus, began, _BY_GROUP % group) for group in _GROUPS]
    for number, points in enumerate([*sums, _points(prometheus, began, _LASTRUN)]):
        lines += [f"$data{number} << EOD", *(f"{at:.1f} {value}" for at, value in points), "EOD"]
    # The colour says which; each has steps, as a scrape is of one moment.
    areas = (f"$data{number} using 1:2 with fillsteps linecolor rgb '{colour}' notitle, "
             f"$data{number} using 1:2 with steps linewidth 2 linecolor rgb '{colour}' "
             f"title '{group}'" for number, (group, colour) in enumerate(_GROUPS.items()))
    lines += ["set title 'taskmods\\_cgroup\\_blocked\\_threads' offset 0,-0.6",
              "plot " + ", ".join(areas),
              "set title 'taskmods\\_blocked\\_lastrun\\_max\\_seconds' offset 0,-0.6",
              "set xlabel 'seconds'",
              f"plot $data{len(sums)} using 1:2 with lines linewidth 2 linecolor rgb '#d62728' "
              "notitle"]
    return lines


def _points(prometheus: Prometheus, began: float, expression: str) -> list[tuple[float, float]]:
    (series,) = prometheus.query_range(expression, began, began + SECONDS)
    return [(float(at) - began, float(value)) for at, value in series["values"]]
