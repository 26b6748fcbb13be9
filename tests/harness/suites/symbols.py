# SPDX-License-Identifier: GPL-2.0
"""The symbols that modules take, beside those that their kernel and their suite export."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..kernels.kernel import Kernel
from .modinfo import Module

# What a module's licence may be to be given what is for GPL only: the kernel's license.h.
_GPL = ("GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL",
        "Dual MPL/GPL")


@dataclass(frozen=True)
class Export:
    """An exported symbol: whether for GPL only, and its namespace, if any."""

    gpl_only: bool
    namespace: str


def exports(kernel: Kernel) -> dict[str, Export]:
    """Return what a kernel and its own modules export, as the headers' Module.symvers has it."""
    text = (kernel.kdir / "Module.symvers").read_text(encoding="ascii")
    rows = (line.split("\t") for line in text.splitlines())
    return {row[1]: Export("GPL" in row[3], row[4] if len(row) > 4 else "") for row in rows}


def wrong(kernel: Kernel, modules: tuple[Module, ...]) -> Iterator[tuple[str, str]]:
    """Return what the kernel will refuse: a module, and the symbol with what is wrong with it."""
    known = exports(kernel)
    ours = {name for module in modules for name in module.gives}
    for module in modules:
        imported = module.all("import_ns")
        for name in sorted(module.takes - ours):
            export = known.get(name)
            if not export:
                yield module.name, f"nobody exports {name}"
            elif export.gpl_only and module.first("license") not in _GPL:
                yield module.name, (f"{name} is for GPL only, and the licence is "
                                    f"\"{module.first('license')}\"")
            elif export.namespace and export.namespace not in imported:
                yield module.name, (f"{name} is in the namespace {export.namespace}, which is not "
                                    "imported")
