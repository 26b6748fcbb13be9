# SPDX-License-Identifier: GPL-2.0
"""A copy of the tree, and make run there as a person would."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.commands.deb import copy_sources
from harness.host.run import environment


def make(tree: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run make in the tree as a person would: without what a make around us says to its own."""
    return subprocess.run(["make", "-C", tree, "--no-print-directory", *arguments], text=True,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL,
                          env={**environment(), **more})


@dataclass(frozen=True)
class Built:
    """A copy of the tree that has its modules built, and how make ended, twice, as it built them.

    Only copies of it are changed.
    """

    tree: Path
    unnamed: "subprocess.CompletedProcess[str]"
    named: "subprocess.CompletedProcess[str]"

    def copy(self, place: Path) -> Path:
        """Copy it to a place that is not there yet; return that."""
        shutil.copytree(self.tree, place, symlinks=True)
        # Kbuild has whole paths in it.
        order = place / "modules.order"
        order.write_text(order.read_text().replace(f"{self.tree}/", f"{place}/"))
        return place


def build(place: Path, kdir: Path) -> Built:
    """Build the modules in a copy of the tree: for no kernel that is named, then for that one."""
    copy_sources(place)
    return Built(place, make(place, "modules"), make(place, "modules", f"KDIR={kdir}"))
