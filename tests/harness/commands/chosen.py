# SPDX-License-Identifier: GPL-2.0
"""The kernel and the kmod that the environment names, and what guests of them are made of."""

from pathlib import Path

from ..guest import otherkmod, usual
from ..guest.recipe import Parts
from ..kernels import choice, table
from ..kernels.kernel import Kernel
from . import told


def kernel() -> Kernel:
    """Return the kernel that KERNEL names, else the default one.

    Raises HarnessError where there is none of that name, or it cannot be had.
    """
    return choice.get(told.text("KERNEL") or table.default_name())


def kmod() -> Path | None:
    """Return the kmod program of the prefix that KMOD names, or None without.

    Raises HarnessError where there is none.
    """
    prefix = told.text("KMOD")
    return otherkmod.program(prefix) if prefix else None


def parts(fixtures: bool = True) -> Parts:
    """Return what the usual guest is made of on that kernel, with that kmod.

    Raises HarnessError where something cannot be had or built.
    """
    return usual.parts(kernel(), kmod(), fixtures)
