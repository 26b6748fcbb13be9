# SPDX-License-Identifier: GPL-2.0
"""How much memory a guest's kernel has in use where a leak of a module's would be."""

from ..guest.vm import VM
from . import course


def kernel_kb(guest: VM) -> int:
    """Return the kilobytes, once what waits to be freed has been freed.

    Raises GuestError where the guest does not answer.
    """
    guest.sh(course.SETTLE, course.TIMEOUT)
    names = "|".join(course.MEMORY)
    lines = guest.sh(f"grep -E '^({names})' /proc/meminfo", course.TIMEOUT).splitlines()
    return sum(int(line.split()[1]) for line in lines)
