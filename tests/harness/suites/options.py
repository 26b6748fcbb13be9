# SPDX-License-Identifier: GPL-2.0
"""How a suite is to be tried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .built import Built, BuildFailed

CYCLES = 20
# A module that loads at all does so within this, on a kernel that nothing slows down.
PATIENCE = 60.0


@dataclass(frozen=True)
class Options:
    """What may be asked for besides: the module that is tried alone, with what it needs; the kmod
    in the guests; how often all is loaded and unloaded; a script that uses what is loaded; the
    version before, by kernel; a file of failures that are known; the seconds that a command in the
    guest may take.
    """

    module: str = ""
    kmod: Path | None = None
    cycles: int = CYCLES
    use: Path | None = None
    before: Mapping[str, Built | BuildFailed] = field(default_factory=dict)
    expect: Path | None = None
    patience: float = PATIENCE
