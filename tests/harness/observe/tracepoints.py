# SPDX-License-Identifier: GPL-2.0
"""What the kernel says of its modules, by its own tracepoints: not by any log."""

import re
from dataclasses import dataclass

from ..guest.vm import VM
from ..host.errors import HarnessError

TRACING = "/sys/kernel/tracing"
_EVENT = re.compile(r"\[\d+\].*?: module_(\w+): (\S+) ?(.*)")


@dataclass(frozen=True)
class Event:
    """An event: load, free, get, put or request, the module, and its reference count if told.

    What is requested may be an alias.
    """

    name: str
    module: str
    refcnt: int | None = None

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.name, self.module, self.refcnt)
                        if part is not None)

    def line(self) -> str:
        """Return it about as the kernel prints it."""
        refcnt = "" if self.refcnt is None else f" refcnt={self.refcnt}"
        return f"module_{self.name}: {self.module}{refcnt}"


class ModuleTrace:
    """The kernel's module events, recorded from now on; `from_boot` keeps what was before.

    They stay switched on, as a switch patches the kernel's code. Works on one guest at a time.
    """

    def __init__(self, vm: VM, from_boot: bool = False) -> None:
        self._vm = vm
        self.events: list[Event] = []
        if not from_boot:
            vm.sh(f"echo > {TRACING}/trace")
        vm.sh(f"echo 1 > {TRACING}/events/module/enable")

    def read(self) -> None:
        """Set `events` to what happened up to now, in its order.

        Raises HarnessError where the kernel had no room for all of them.
        """
        text = self._vm.read(f"{TRACING}/trace")
        counts = re.search(r"entries-in-buffer/entries-written: (\d+)/(\d+)", text)
        if counts and counts[1] != counts[2]:
            raise HarnessError("the guest's trace buffer was too small for its events")
        self.events = []
        for line in text.splitlines():
            match = _EVENT.search(line)
            if match:
                name, module, rest = match.groups()
                refcnt = re.search(r"refcnt=(\d+)", rest)
                self.events.append(Event(name, module, int(refcnt[1]) if refcnt else None))
