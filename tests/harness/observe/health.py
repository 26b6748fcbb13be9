# SPDX-License-Identifier: GPL-2.0
"""What a guest must not show after a test: the next test could not trust it."""

from ..guest.qemu import TROUBLE
from ..guest.vm import VM

# What may not come or go: files of procfs and modules' directories, and what modprobe reads. One
# program finds them all: in a guest, to start one takes as long as to look at many files.
_LOOK = ("find", "/proc", "/sys/module", "/etc", "/run/modprobe.d", "/lib/modprobe.d",
         "/usr/lib/modprobe.d", "/lib/modules", "-path", "/proc/[0-9]*", "-prune", "-o",
         "-path", "/proc/*/*", "!", "-path", "/proc/taskmods/*", "-prune", "-o",
         "-path", "/sys/module/*/*", "-prune", "-o",
         "(", "-path", "/proc/*", "-o", "-path", "/sys/*", "-o", "-type", "f", ")", "-print")

# The bits that our own modules set: out of tree, and unsigned.
ALLOWED_TAINT = {12: "O", 13: "E"}


def traces(vm: VM) -> frozenset[str]:
    """Return the names of all files that a test might leave behind, or take away."""
    return frozenset(vm.run(*_LOOK).out.split())


def problems(vm: VM, since: int, before: frozenset[str]) -> list[str]:
    """Return what a test left in `vm` that it should not have, a line each.

    `since` is the number of the first log record of its time, `before` what traces() said then.
    Raises GuestError where the guest does not answer.
    """
    both = vm.run("cat", "/proc/modules", "/proc/sys/kernel/tainted", check=True).out
    *modules, tainted = both.splitlines()
    found = [f"left the module {line.split()[0]} loaded" for line in modules]
    taint = int(tainted)
    found += [f"left taint bit {bit} set" for bit in range(64)
              if taint >> bit & 1 and bit not in ALLOWED_TAINT]
    after = traces(vm)
    found += [f"left {path}" for path in sorted(after - before)]
    found += [f"took away {path}" for path in sorted(before - after)]
    return found + trouble(vm, since)


def trouble(vm: VM, since: int) -> list[str]:
    """Return the records of the kernel log, from number `since` on, that say it is in trouble."""
    return [f"the kernel log says: {record.text}" for record in vm.log(since)
            if TROUBLE.search(record.text)]
