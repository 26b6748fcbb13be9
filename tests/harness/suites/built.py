# SPDX-License-Identifier: GPL-2.0
"""A suite as it was built for a kernel, or could not be."""

from dataclasses import dataclass
from pathlib import Path

from ..host.paths import BUILD
from ..kernels.kernel import Kernel
from .modinfo import Module

__all__ = ["Built", "BuildFailed", "Module", "folder"]


@dataclass(frozen=True)
class Built:
    """A suite that was built: its modules, each after those that it needs.

    `how` says what was built by; `intree` are modules of the kernel's own that it needs, and
    `configuration` files for modprobe.d that come with it. `wrong` is what is not as it must be
    before anything is loaded: a line each, by check and module. `is_listed` where something, a
    dkms.conf, lists what is to be built. `what` says which version it is of, and where from.
    """

    name: str
    kernel: Kernel
    modules: tuple[Module, ...]
    intree: tuple[str, ...] = ()
    configuration: tuple[Path, ...] = ()
    how: str = ""
    log: Path | None = None
    wrong: tuple[tuple[str, str, str], ...] = ()
    is_listed: bool = False
    what: str = ""


@dataclass(frozen=True)
class BuildFailed:
    """A suite that was not built, and why: `lacks` where it is not for this kernel at all.

    `what` says which version it is of, and where from.
    """

    name: str
    kernel: Kernel
    reason: str
    lacks: bool = False
    how: str = ""
    log: Path | None = None
    what: str = ""


def folder(name: str) -> Path:
    """Return where all is that make try makes of a suite."""
    return BUILD / "try" / name
