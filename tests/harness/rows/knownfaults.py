# SPDX-License-Identifier: GPL-2.0
"""Known faults of kmod, and whether the kmod in a guest has them: for make behaviours KMOD=."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..guest.vm import VM
from ..observe.facts import Facts

HAS, LOST, UNCLEAR = "still there", "lost", "unclear"


@dataclass(frozen=True)
class Fault:
    """A fault, the commands that show it, and what they print with it and without.

    `row` is the behaviour that tells of it. It is there `when` a requirement is met, as in
    facts.py, or always. `then` leaves nothing loaded and nothing behind.
    """

    id: str
    what: str
    row: str
    shows: str
    has: str
    lost: str
    when: tuple[str, ...] = ()
    then: str = ""


def verdict(fault: Fault, printed: str) -> str:
    """Return what that printing says of the fault."""
    for said, pattern in ((HAS, fault.has), (LOST, fault.lost)):
        if re.search(pattern, printed, re.MULTILINE):
            return said
    return f"{UNCLEAR}: {' '.join(printed.split())[-60:] or 'it prints nothing'}"


def probe(fault: Fault, vm: VM) -> str:
    """Return whether the kmod in that guest has the fault; that leaves nothing behind.

    Raises GuestError where the guest does not answer.
    """
    done = vm.run("bash", "-c", f"{{ {fault.shows}\n}} 2>&1", timeout=60)
    vm.run("bash", "-c", fault.then, check=True)
    return verdict(fault, done.out)


def expected(fault: Fault, known: Facts) -> str:
    """Return what it should be, by the version of kmod."""
    there = not fault.when or any(not known.unmet(when) for when in fault.when)
    return HAS if there else LOST


def table(faults: Iterable[Fault], vm: VM) -> str:
    """Return a line for each fault, with what the kmod in that guest shows.

    Raises GuestError where the guest does not answer.
    """
    version = vm.run("kmod", "--version", check=True).out.splitlines()[0]
    return "\n".join(["", f"Known faults of kmod, in this one ({version}):",
                      *(f"{fault.id:20} {fault.what:60} {probe(fault, vm)}" for fault in faults)])
