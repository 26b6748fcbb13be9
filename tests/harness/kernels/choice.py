# SPDX-License-Identifier: GPL-2.0
"""Which kernel guests run: one of the table, by its name."""

import os
import sys

from kernels import KERNELS, SOURCE

from ..host import cache
from ..host.errors import HarnessError
from ..host.system import codename
from . import fromdebian, fromsource
from .kernel import Kernel


def main() -> int:
    """Print the headers directory of the kernel that guests run by default, and say so; return 0.

    Raises HarnessError where it cannot be had.
    """
    kdir = get(default_name()).kdir
    print(f"No headers of the running kernel, {os.uname().release}: building for the VM's kernel, "
          f"in {kdir}", file=sys.stderr)
    print(kdir)
    return 0


def default_name() -> str:
    """Return the name of the kernel that guests run where nobody asks for another.

    Raises HarnessError where the table has none of the host's suite.
    """
    suite = codename()
    for name, entry in KERNELS.items():
        if entry.suite == suite:
            return name
    raise HarnessError(f"the table of kernels has none of this host's suite, {suite}: {_which()}")


def chosen() -> Kernel:
    """Return the kernel that the environment's KERNEL names, else the default one.

    Raises HarnessError where there is none of that name, or it cannot be had.
    """
    return get(os.environ.get("KERNEL", "").strip() or default_name())


def get(name: str) -> Kernel:
    """Return a kernel of the table, downloaded or built at first.

    Raises HarnessError where there is none of that name, or it cannot be had.
    """
    check_names([name])
    entry = KERNELS[name]
    return fromsource.get(name) if entry.image == SOURCE else fromdebian.get(name, entry)


def cached_release(name: str) -> str:
    """Return the release of a kernel that is in the cache, or nothing where it is not."""
    entry = KERNELS[name]
    place = cache.place_of(*(fromsource.entry_of(name) if entry.image == SOURCE
                             else fromdebian.entry_of(name, entry)))
    try:
        return (place / "release").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def check_names(names: list[str]) -> None:
    """Raise HarnessError where one of these is not in the table of kernels."""
    for name in names:
        if name not in KERNELS:
            raise HarnessError(f"there is no kernel {name}: {_which()}")


def _which() -> str:
    return f"choose one by KERNEL=<name>, of {', '.join(KERNELS)}"
