# SPDX-License-Identifier: GPL-2.0
"""Modules that belong together, and are tried together."""

from dataclasses import dataclass
from pathlib import Path

from ..host.paths import TOP


@dataclass(frozen=True)
class Suite:
    """Modules, as kbuild builds them of one tree, and what modprobe is told of them.

    `modules` are their names, each after those that it needs, `leaves` those that no other needs;
    `directory` is where they are installed, below the kernel's own; `configuration` are files for
    modprobe.d; `taint` are the bits of the kernel's that they set.
    """

    tree: Path
    modules: tuple[str, ...]
    leaves: tuple[str, ...]
    directory: str
    configuration: tuple[Path, ...] = ()
    # Out of tree, and unsigned.
    taint: tuple[int, ...] = (12, 13)

    @property
    def load(self) -> tuple[str, ...]:
        """The command that loads them all."""
        return ("modprobe", "-a", *self.leaves)

    @property
    def unloads(self) -> tuple[tuple[str, ...], ...]:
        """The commands that unload them all, each in its way."""
        return (("modprobe", "-r", *self.leaves), ("rmmod", *reversed(self.modules)))


OURS = Suite(TOP, ("core_mod", "walker_mod", "report_mod"), ("report_mod", "walker_mod"),
             "updates/taskmods", (TOP / "modprobe.d/taskmods.conf",))
