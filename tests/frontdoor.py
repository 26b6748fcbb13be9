# SPDX-License-Identifier: GPL-2.0
"""A copy of the tree, and make run there as a person would."""

import shutil
import subprocess
from pathlib import Path

from harness.commands.deb import NOT_SOURCES
from harness.host.paths import TOP
from harness.host.run import environment


def copy_tree(place: Path) -> Path:
    """Copy the tree, without what was built, to a place that is not there yet; return that."""
    shutil.copytree(TOP, place, symlinks=True, ignore=shutil.ignore_patterns(*NOT_SOURCES))
    return place


def make(tree: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run make in the tree as a person would: without what a make around us says to its own."""
    return subprocess.run(["make", "-C", tree, "--no-print-directory", *arguments], text=True,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL,
                          env={**environment(), **more})
