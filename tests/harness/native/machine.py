# SPDX-License-Identifier: GPL-2.0
"""User-mode Linux with what is timed: ../../bench/init.c is process 1, ../../bench/native/ times.

Its memory is a file of the host's, on a file system of its own that nobody else sees, and that is
gone when it ends. There it can be of huge pages, as a kernel's own memory is on a machine.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.run import environment, run, run_group
from ..kernels import build
from ..kernels.kernel import Kernel

_SOURCES = TOP / "tests/bench"
_BASE_MB = 256
_MB_PER_THOUSAND = 32
_TIMEOUT = 3600.0
# Were it not told of a root and a console, it would add them at the end, as words for process 1.
_WORDS = ("root=/dev/root", "rootfstype=hostfs", "rw", "console=tty0", "con0=null,fd:1", "con=null",
          "quiet")
# $1: whether the pages are huge; $2: where the memory is; the rest is what to run.
_MEMORY_SCRIPT = """\
mount -t tmpfs -o huge=$1,mode=700 none "$2"
export TMPDIR="$2"
shift 2
exec "$@"
"""


def run_once(kernel: Kernel, numbers: Sequence[int], rounds: int, evict_mb: int, huge: bool) -> str:
    """Run it among ever more processes; return what ../../bench/init.c writes.

    Raises HarnessError where something cannot be built or run, or it does not come to its end.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="native", dir=BUILD) as place:
        root = Path(place) / "root"
        _fill(root, kernel)
        words = _command(Path(place), kernel, evict_mb + _megabytes(numbers[-1]), huge)
        words += ["--", str(rounds), str(evict_mb), *map(str, numbers)]
        try:
            done = run_group(words, Path(place), environment(), subprocess.STDOUT, _TIMEOUT)
        except subprocess.TimeoutExpired as error:
            raise HarnessError(f"user-mode Linux took over {_TIMEOUT:.0f} s") from error
        figures = (root / "figures").read_text(encoding="ascii")
        if not figures.endswith("ok\n"):
            said = "\n  ".join(done.stdout.strip().splitlines()[-15:])
            raise HarnessError(f"user-mode Linux did not come to its end:\n  {said}")
        _check(root)
    return figures


def _check(root: Path) -> None:
    """See that what is compared shows the same tasks.

    Raises HarnessError where it does not.
    """
    header, *ours = _lines(root / "tasks")
    plain = _lines(root / "plain")
    if ours != plain:
        raise HarnessError(f"{len(ours)} lines of tasks after {header!r} are not the {len(plain)} "
                           "of the plain file that it is compared with")


def _lines(path: Path) -> list[list[bytes]]:
    """Return the fields of each line but the state, which may change at any time."""
    rows = (line.split(b"\t") for line in path.read_bytes().splitlines())
    return [fields[:2] + fields[3:] for fields in rows]


def _megabytes(number: int) -> int:
    return _BASE_MB + number * _MB_PER_THOUSAND // 1000


def _fill(root: Path, kernel: Kernel) -> None:
    """Make what is its root file system."""
    for name in ("dev", "proc"):
        (root / name).mkdir(parents=True)
    (root / "figures").touch()
    out = BUILD / "native"
    out.mkdir(parents=True, exist_ok=True)
    run(["make", "-s", "-C", _SOURCES, f"O={out}", "native"], "build what is timed")
    for program in out.iterdir():
        shutil.copy(program, root)
    for module in (*build.suite(kernel).values(), build.native(kernel)):
        shutil.copy(module, root)


def _command(place: Path, kernel: Kernel, megabytes: int, huge: bool) -> list[str | Path]:
    memory = place / "memory"
    memory.mkdir()
    box = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    return [*box, "sh", "-ec", _MEMORY_SCRIPT, "sh", "always" if huge else "never", memory,
            kernel.image, f"mem={megabytes}M", f"uml_dir={place}", *_WORDS,
            f"rootflags={place / 'root'}", "init=/init"]


def processor() -> str:
    """Return how the host calls its processor."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return "a processor without a name"
