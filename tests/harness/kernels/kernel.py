# SPDX-License-Identifier: GPL-2.0
"""A kernel: its image to boot, and what to build modules against."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from .architectures import Architecture
from .toolchain import Toolchain

_LISTS = ("modules.order", "modules.builtin", "modules.builtin.modinfo")


@dataclass(frozen=True)
class Kernel:
    """A kernel in the cache, under `root` as its packages lay it out.

    `name` is that of kernels.py, `userland` the suite of the programs that run on it.
    `arguments` is what it is told at boot, whatever the guest, which may take `patience` times as
    long for everything as others do, and has so many `processors`.
    """

    name: str
    release: str
    root: Path
    userland: str
    toolchain: Toolchain
    architecture: Architecture
    arguments: str = ""
    patience: float = 1
    processors: int = 2

    @property
    def image(self) -> Path:
        """What the VM boots."""
        return self.root / "boot" / f"{self.architecture.image}-{self.release}"

    @property
    def kdir(self) -> Path:
        """What modules are built against: the KDIR of `make modules`."""
        return self.root / "usr/src" / f"linux-headers-{self.release}"

    @property
    def modules(self) -> Path:
        """Its own modules, with modules.builtin and the like."""
        return self.root / "lib/modules" / self.release

    @property
    def counted(self) -> Path:
        """The files of its own whose lines it counts, and the compiler's notes on them."""
        return self.root / "counted"

    @property
    def lists(self) -> list[Path]:
        """The files that tell of its own modules, wherever these are."""
        return [self.modules / name for name in _LISTS]

    @functools.cached_property
    def version(self) -> tuple[int, ...]:
        """Its version as its authors count, e.g. 6.1.192: what a release's name may not have."""
        with open(self.kdir / ".config", encoding="utf-8") as config:
            found = re.search(r"^# Linux/\S+ ([\d.]+)", config.read(1000), re.MULTILINE)
        return tuple(int(number) for number in (found[1] if found else "0").split("."))

    @property
    def title(self) -> str:
        """Its version, as people say it."""
        return f"Linux {'.'.join(map(str, self.version))}"

    @functools.cached_property
    def options(self) -> frozenset[str]:
        """The names of its options that are set, built in or as a module: CONFIG_..."""
        return frozenset(re.findall(r"^(CONFIG_\w+)=[ym]$", self._configuration, re.MULTILINE))

    @property
    def ticks(self) -> int:
        """How many times a second its timer ticks."""
        return int(re.findall(r"^CONFIG_HZ=(\d+)$", self._configuration, re.MULTILINE)[0])

    @functools.cached_property
    def _configuration(self) -> str:
        return (self.kdir / "include/config/auto.conf").read_text(encoding="ascii")
