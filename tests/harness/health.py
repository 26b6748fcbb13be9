# SPDX-License-Identifier: GPL-2.0
"""What a guest must not show after a test: the next test could not trust it."""

from .qemu import TROUBLE
from .vm import VM

# The bits that our own modules set: out of tree, and unsigned.
ALLOWED_TAINT = {12: "O", 13: "E"}


def problems(vm: VM, since: int) -> list[str]:
    """Return what a test left in `vm` that it should not have, a line each.

    `since` is the number of the first log record of its time.
    Raises GuestError where the guest does not answer.
    """
    both = vm.run("cat", "/proc/modules", "/proc/sys/kernel/tainted", check=True).out
    *modules, tainted = both.splitlines()
    found = [f"left the module {line.split()[0]} loaded" for line in modules]
    taint = int(tainted)
    found += [f"left taint bit {bit} set" for bit in range(64)
              if taint >> bit & 1 and bit not in ALLOWED_TAINT]
    found += [f"the kernel log says: {record.text}" for record in vm.log(since)
              if TROUBLE.search(record.text)]
    return found
