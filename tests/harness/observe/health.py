# SPDX-License-Identifier: GPL-2.0
"""What a guest must not show after a test: the next test could not trust it."""

from dataclasses import dataclass

from ..guest.places import GUEST_DIR
from ..guest.trouble import TROUBLE
from ..guest.vm import VM
from . import races

# What may not come or go: names in procfs, modules' directories, and what modprobe reads.
_LOOK = (f"{GUEST_DIR}/names", "/proc", "/proc/taskmods", "/sys/module", "-r", "/etc",
         "/run/modprobe.d", "/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modules")


@dataclass(frozen=True)
class Before:
    """What a guest was like: its files, as traces() tells them, and the modules loaded."""

    files: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()


def look(vm: VM) -> Before:
    """Return what a guest is like, to be compared with what it is like after a test."""
    lines = vm.run("cat", "/proc/modules", check=True).out.splitlines()
    return Before(traces(vm), frozenset(line.split()[0] for line in lines))


def traces(vm: VM) -> frozenset[str]:
    """Return the names of all files that a test might leave behind, or take away."""
    return frozenset(vm.run(*_LOOK, check=True).out.split())


def problems(vm: VM, since: int, before: Before) -> list[str]:
    """Return what a test left in `vm` that it should not have, a line each.

    `since` is the number of the first log record of its time, `before` what look() said then.
    Raises GuestError where the guest does not answer.
    """
    both = vm.run("cat", "/proc/modules", "/proc/sys/kernel/tainted", check=True).out
    *modules, tainted = both.splitlines()
    loaded = [line.split()[0] for line in modules]
    found = [f"left the module {name} loaded" for name in loaded if name not in before.modules]
    found += [f"took away the module {name}" for name in sorted(before.modules - set(loaded))]
    taint = int(tainted)
    found += [f"left taint bit {bit} set" for bit in range(64)
              if taint >> bit & 1 and bit not in vm.parts.suite.taint]
    after = traces(vm)
    found += [f"left {path}" for path in sorted(after - before.files)]
    found += [f"took away {path}" for path in sorted(before.files - after)]
    return found + trouble(vm, since)


def trouble(vm: VM, since: int) -> list[str]:
    """Return the records of the kernel log, from number `since` on, that say it is in trouble."""
    return [f"the kernel log says: {record.text}"
            for record in races.judged(races.whole(vm, since))
            if TROUBLE.search(record.text)]
