# SPDX-License-Identifier: GPL-2.0
"""A kernel of the table, by its name: got, or looked for in the cache."""

from ..host import cache
from . import fromdebian, fromsource
from .kernel import Kernel
from .table import KERNELS, SOURCE, check_names


def get(name: str) -> Kernel:
    """Return a kernel of the table, downloaded or built at first.

    Raises HarnessError where there is none of that name, or it cannot be had.
    """
    check_names([name])
    entry = KERNELS[name]
    return fromsource.get(name, entry) if entry.image == SOURCE else fromdebian.get(name, entry)


def cached_release(name: str) -> str:
    """Return the release of a kernel that is in the cache, or nothing where it is not."""
    entry = KERNELS[name]
    place = cache.place_of(*(fromsource.entry_of(name, entry) if entry.image == SOURCE
                             else fromdebian.entry_of(name, entry)))
    try:
        return (place / "release").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
