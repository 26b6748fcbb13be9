# SPDX-License-Identifier: GPL-2.0
"""Programs of the archive's for a guest, with the libraries that they need and nothing else."""

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..host import cache, elf
from ..host.errors import HarnessError
from ..host.progress import step
from ..host.system import codename
from ..host.unpack import unpack
from ..kernels.architectures import Architecture

# What the program's loader is called in the guest, whatever the architecture calls it.
_LOADER = "ld.so"
# Where packages have programs, and libraries.
_DIRECTORIES = ("usr/bin", "usr/sbin", "bin", "sbin")
_LIBRARIES = "**/{triplet}/*.so*"


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

    def files(self, architecture: Architecture, foreign: str = "") -> dict[str, bytes]:
        """Return what VM's `files` takes to have the program of the host's suite.

        `foreign` is the suite for another architecture than the host's, as not every suite has it.

        Raises HarnessError where it cannot be had.
        """
        suite = codename() if architecture.is_host else foreign or codename()
        place = cache.entry(f"program-{self.name}-{suite}-{architecture.name}",
                            repr((self.package, _DIRECTORIES, _LIBRARIES)),
                            partial(_make, self, architecture, suite))
        return {f"{self._place}/{path.name}": path.read_bytes() for path in place.iterdir()}


STRESS_NG = Program("stress-ng", "stress-ng")
PS = Program("ps", "procps")
BPFTOOL = Program("bpftool", "bpftool")
NODE_EXPORTER = Program("prometheus-node-exporter", "prometheus-node-exporter")


def _make(wanted: Program, architecture: Architecture, suite: str, place: Path) -> None:
    root = place / "root"
    with step(f"Getting {wanted.name} and its libraries"):
        unpack(suite, wanted.package, root, place, architecture.name)
        program = _find(root, wanted, suite)
        there = {path.name: path
                 for path in root.glob(_LIBRARIES.format(triplet=architecture.library_directory))}
        needed = elf.libraries([program], lambda name, _: there.get(name))
        shutil.copy(program, place / program.name)
        shutil.copy(there[architecture.loader], place / _LOADER)
        for name, path in needed.items():
            shutil.copy(path, place / name)
    shutil.rmtree(root)


def _find(root: Path, wanted: Program, suite: str) -> Path:
    for directory in _DIRECTORIES:
        if (root / directory / wanted.name).exists():
            return root / directory / wanted.name
    raise HarnessError(f"the package {wanted.package} of {suite} has no program "
                       f"{wanted.name}")
