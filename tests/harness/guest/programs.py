# SPDX-License-Identifier: GPL-2.0
"""Programs of the archive's for a guest, with the libraries that they need and nothing else."""

import re
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..host import cache
from ..host.errors import HarnessError
from ..host.progress import step
from ..host.run import run
from ..host.system import codename
from ..host.unpack import unpack

_LOADER = "ld-linux-x86-64.so.2"
# Where packages have programs, and libraries.
_DIRECTORIES = ("usr/bin", "usr/sbin", "bin", "sbin")
_LIBRARIES = "**/x86_64-linux-gnu/*.so*"


@dataclass(frozen=True)
class Program:
    """A program of a package's. It brings its own libc, so that any suite's userland runs it."""

    name: str
    package: str

    @property
    def command(self) -> tuple[str, ...]:
        """The words that start it in the guest."""
        place = self._place
        return (f"{place}/{_LOADER}", "--library-path", place, f"{place}/{self.name}")

    @property
    def _place(self) -> str:
        return f"/opt/{self.name}"

    def files(self) -> dict[str, bytes]:
        """Return what VM's `files` takes to have the program of the host's suite.

        Raises HarnessError where it cannot be had.
        """
        place = cache.entry(f"program-{self.name}-{codename()}",
                            repr((self.package, _DIRECTORIES, _LIBRARIES)), partial(_make, self))
        return {f"{self._place}/{path.name}": path.read_bytes() for path in place.iterdir()}


STRESS_NG = Program("stress-ng", "stress-ng")
PS = Program("ps", "procps")
BPFTOOL = Program("bpftool", "bpftool")
NODE_EXPORTER = Program("prometheus-node-exporter", "prometheus-node-exporter")


def _make(wanted: Program, place: Path) -> None:
    root = place / "root"
    with step(f"Getting {wanted.name} and its libraries"):
        unpack(codename(), wanted.package, root, place)
        program = _find(root, wanted)
        for name, path in {program.name: program, **_libraries(root, program)}.items():
            shutil.copy(path, place / name)
    shutil.rmtree(root)


def _find(root: Path, wanted: Program) -> Path:
    for directory in _DIRECTORIES:
        if (root / directory / wanted.name).exists():
            return root / directory / wanted.name
    raise HarnessError(f"the package {wanted.package} of {codename()} has no program "
                       f"{wanted.name}")


def _libraries(root: Path, program: Path) -> dict[str, Path]:
    """Return the libraries of `root` that a program needs, directly or not, by name.

    They are not run to find out: they may be too new for the host.
    """
    there = {path.name: path for path in root.glob(_LIBRARIES)}
    found: dict[str, Path] = {}
    todo = [program]
    while todo:
        said = run(["readelf", "-d", todo.pop()], f"read what {program.name} needs")
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", said):
            if name not in there:
                raise HarnessError(f"{program.name} needs {name}, which none of its packages has")
            if name not in found:
                found[name] = there[name]
                todo.append(there[name])
    return found
