# SPDX-License-Identifier: GPL-2.0
"""A kernel: its image to boot, and what to build modules against."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from .toolchain import Toolchain

# Where each access to memory and each lock is checked.
_CHECKED_PATIENCE = 4


@dataclass(frozen=True)
class Kernel:
    """A kernel in the cache, under `root` as its packages lay it out.

    `name` is that of kernels.py, `userland` the suite of the programs that run on it.
    """

    name: str
    release: str
    root: Path
    userland: str
    toolchain: Toolchain

    @property
    def image(self) -> Path:
        """What the VM boots."""
        return self.root / "boot" / f"vmlinuz-{self.release}"

    @property
    def kdir(self) -> Path:
        """What modules are built against: the KDIR of `make modules`."""
        return self.root / "usr/src" / f"linux-headers-{self.release}"

    @property
    def modules(self) -> Path:
        """Its own modules, with modules.builtin and the like."""
        return self.root / "lib/modules" / self.release

    @functools.cached_property
    def options(self) -> frozenset[str]:
        """The names of its options that are set, built in or as a module: CONFIG_..."""
        config = (self.kdir / "include/config/auto.conf").read_text(encoding="ascii")
        return frozenset(re.findall(r"^(CONFIG_\w+)=[ym]$", config, re.MULTILINE))

    @property
    def arguments(self) -> str:
        """What it is told at boot, whatever the guest.

        A kernel that checks everything is slow to come to rest, and loads and unloads wait for that
        again and again; this has them wait no longer than they must.
        """
        return "rcupdate.rcu_expedited=1" if self._is_checked else ""

    @property
    def patience(self) -> float:
        """How many times as long a guest on it may take for what others do in their time."""
        return _CHECKED_PATIENCE if self._is_checked else 1

    @property
    def _is_checked(self) -> bool:
        return "CONFIG_KASAN" in self.options
