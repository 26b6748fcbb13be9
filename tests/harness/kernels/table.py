# SPDX-License-Identifier: GPL-2.0
"""The table of kernels, ../../kernels.py, which nothing else here imports; and names in it."""

from kernels import KERNELS, SOURCE, USER_MODE, Entry

from ..host.errors import HarnessError
from ..host.system import codename
from . import architectures

__all__ = ["KERNELS", "SOURCE", "USER_MODE", "Entry", "check_names", "default_name"]


def default_name() -> str:
    """Return the name of the kernel that guests run where nobody asks for another.

    Raises HarnessError where the table has none of the host's suite and architecture.
    """
    suite, architecture = codename(), architectures.host().name
    for name, entry in KERNELS.items():
        if (entry.suite, entry.architecture) == (suite, architecture):
            return name
    raise HarnessError(f"the table of kernels has none of this host's Debian release, {suite}, "
                       f"for {architecture}: {_which()}")


def check_names(names: list[str]) -> None:
    """Raise HarnessError where one of these is not in the table of kernels."""
    for name in names:
        if name not in KERNELS:
            raise HarnessError(f"there is no kernel {name}: {_which()}")


def _which() -> str:
    return f"choose one by KERNEL=<name>, of {', '.join(KERNELS)}"
