# SPDX-License-Identifier: GPL-2.0
"""provisional: T1's takes its place."""

from dataclasses import dataclass
from pathlib import Path

from ..kernels.kernel import Kernel


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Built:
    name: str
    kernel: Kernel
    modules: tuple[Module, ...]
    intree: tuple[str, ...] = ()
    configuration: tuple[Path, ...] = ()


@dataclass(frozen=True)
class BuildFailed:
    name: str
    kernel: Kernel
    reason: str
