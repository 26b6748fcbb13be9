# SPDX-License-Identifier: GPL-2.0
"""A guest to measure in: what it has besides any guest's things, its tasks, and what RCU holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..guest.agent import Job
from ..guest.places import GUEST_DIR
from ..guest.programs import BPFTOOL, PS
from ..guest.recipe import Parts
from ..guest.vm import VM
from ..host import cache
from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.run import run
from ..kernels import build
from ..kernels.architectures import Architecture
from ..kernels.suite import OURS
from ..kernels.kernel import Kernel
from . import meter, scrapes
from .readers import BPF_DIR
from .results import EMPTY, Stretch

INSTRUCTIONS = "icount"
_FIXTURES = ("floor", *EMPTY)
_SOURCES = TOP / "tests/bench"
_ITERATORS = ("tasks", "records", "count")
# Messages on the console, a slow port, would cost more than all the rest; and new kernels test
# their ciphers in the background for a while.
_APPEND = "quiet cryptomgr.notests"
_MODPROBE_D = b"softdep empty_report pre: empty_walker\n"
_LIMITS = "for name in pid_max threads-max; do echo 400000 > /proc/sys/kernel/$name; done"
# A task takes some 30 kB; what /proc keeps of each in its caches comes on top.
_MEMORY_MB = 512
_MEMORY_KB_PER_TASK = 60
POPULATE_TIMEOUT = 600.0
# Two instructions a turn; so often at a time, and so often in all.
_LOOP = 1000000
_LOOP_REPEATS = 9
_LOOKS = 200

_TRACE = "/sys/kernel/tracing"
_TRACED = ("__rcu_read_lock", "__rcu_read_unlock")
# The trace of one reading must fit.
_TRACE_SCRIPT = f"""\
cd {_TRACE}
echo $1 > trace_clock
shift
echo {" ".join(_TRACED)} > set_ftrace_filter
echo 65536 > buffer_size_kb
echo function > current_tracer
echo 0 > tracing_on
echo > trace
sh -c 'echo $$ > set_ftrace_pid; echo 1 > tracing_on; exec "$@"' sh {GUEST_DIR}/meter show "$@" \
> /dev/null
echo 0 > tracing_on
{GUEST_DIR}/stretch {" ".join(OURS.modules)} < trace
echo nop > current_tracer
echo > trace
echo > set_ftrace_pid
echo 4 > buffer_size_kb
"""


def files(kernel: Kernel, peers: bool) -> dict[str, bytes]:
    """Return what VM's `files` takes to have what is measured, with the peers if asked.

    Raises HarnessError where something cannot be had or built.
    """
    place = f"/lib/modules/{kernel.release}/{OURS.directory}"
    fixtures = build.fixtures(kernel)
    modules = {name: fixtures[name] for name in _FIXTURES}
    modules |= build.suite(kernel)
    found = {"/etc/modprobe.d/empty.conf": _MODPROBE_D}
    if peers:
        for program in (PS, BPFTOOL):
            found |= program.files(kernel.architecture)
        found |= scrapes.files(kernel.architecture)
    with cache.lock(BUILD / "bench.lock"):
        found |= {f"{place}/{name}.ko": _stripped(path, kernel.architecture)
                  for name, path in modules.items()}
        return found | _programs("programs", *(("bpf",) if peers else ()))


def _programs(*targets: str) -> dict[str, bytes]:
    return {f"{GUEST_DIR}/{path.name}": path.read_bytes()
            for target in targets for path in _make(target)}


def _make(target: str) -> list[Path]:
    """Build what ../bench/Makefile names so; return all that is built there."""
    out = BUILD / "bench"
    out.mkdir(parents=True, exist_ok=True)
    run(["make", "-s", "-C", _SOURCES, f"O={out}", target], f"build the bench's {target}")
    return sorted(path for path in out.iterdir() if path.is_file() and path.suffix in ("", ".o"))


def _stripped(module: Path, architecture: Architecture) -> bytes:
    """Return a module as distributions install it: without debug information."""
    stripped = BUILD / "bench/modules" / module.name
    stripped.parent.mkdir(parents=True, exist_ok=True)
    run([architecture.tool("strip"), "--strip-debug", "-o", stripped, module],
        f"strip {module.name}")
    return stripped.read_bytes()


@contextmanager
def boot(parts: Parts, accelerator: str, tasks: int, peers: bool) -> Iterator[VM]:
    """Boot a guest with room for so many tasks, and end it; with "" its clock is the host's.

    It is of `parts` otherwise, which need no fixtures.

    Raises HarnessError where something cannot be had, built or booted.
    """
    with _booted(parts, accelerator, tasks, files(parts.kernel, peers)) as guest:
        yield guest


@contextmanager
def boot_small(parts: Parts, accelerator: str, tasks: int) -> Iterator[VM]:
    """Do the same with a guest that has the programs which read and make tasks, and no more.

    Raises HarnessError where something cannot be built or booted.
    """
    with cache.lock(BUILD / "bench.lock"):
        programs = _programs("programs")
    with _booted(parts, accelerator, tasks, programs) as guest:
        yield guest


@contextmanager
def _booted(parts: Parts, accelerator: str, tasks: int, content: dict[str, bytes]) -> Iterator[VM]:
    parts = replace(parts, accelerator=accelerator or parts.accelerator,
                    memory=f"{_MEMORY_MB + tasks * _MEMORY_KB_PER_TASK // 1024}M")
    with VM(parts, append=_APPEND, files=content) as guest:
        guest.sh(f"depmod; {_LIMITS}")
        if accelerator == INSTRUCTIONS:
            _await_rest(guest)
        yield guest


def _await_rest(guest: VM) -> None:
    """Wait until a loop of known length costs what it is: until nothing else runs.

    Raises HarnessError where something goes on and on.
    """
    for _ in range(_LOOKS):
        looks = meter.measure(guest, _LOOP_REPEATS, "loop", str(_LOOP))
        if meter.figure(look.elapsed for look in looks).median < 2.02 * _LOOP:
            return
    raise HarnessError("the guest to measure in does not come to rest: something runs in it")


def load(guest: VM) -> None:
    """Load what is measured.

    Raises HarnessError where that cannot be loaded.
    """
    guest.sh("modprobe report_mod; modprobe floor")


def pin_iterators(guest: VM) -> str:
    """Load the BPF iterators and pin them; return why that cannot be, or nothing."""
    if guest.run("test", "-e", "/sys/kernel/btf/vmlinux").status:
        return "the kernel has no BTF"
    guest.sh(f"mount -t bpf bpf {BPF_DIR}")
    for name in _ITERATORS:
        done = guest.run(*BPFTOOL.command, "iter", "pin", f"{GUEST_DIR}/{name}.bpf.o",
                         f"{BPF_DIR}/{name}")
        if done.status:
            return (done.err.strip().splitlines() or ["bpftool failed"])[-1]
    return ""


def populate(guest: VM, what: str, number: int) -> Job:
    """Start so many processes, or a process of so many threads; return the job that ends them.

    Raises GuestError where they do not come to be in time.
    """
    job = guest.start("populate", what, str(number))
    job.expect("ready\n", POPULATE_TIMEOUT)
    return job


def can_trace_rcu(guest: VM) -> bool:
    """Return whether the kernel has functions for the ends of RCU sections, and can trace them."""
    pattern = "|".join(_TRACED)
    known = guest.sh(f"grep -xE '{pattern}' {_TRACE}/available_filter_functions || true")
    return set(known.split()) == set(_TRACED)


def stretch(guest: VM, *reader: str) -> Stretch:
    """Return what a reader of the meter's, which reads our files, has under RCU.

    Raises HarnessError where that cannot be traced.
    """
    clock = guest.parts.kernel.architecture.trace_clock
    done = guest.run("sh", "-ec", _TRACE_SCRIPT, "sh", clock, *reader, timeout=POPULATE_TIMEOUT,
                     check=True)
    sections, longest = map(int, done.out.split())
    return Stretch(sections, longest)
