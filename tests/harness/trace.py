# SPDX-License-Identifier: GPL-2.0
"""What the kernel says of its modules, by its own tracepoints: not by any log."""

import re
from dataclasses import dataclass, field

from .vm import VM

TRACING = "/sys/kernel/tracing"
# For the kernel's command line: loads are recorded from the start.
FROM_BOOT = "trace_event=module:module_load"
_EVENT = re.compile(r"^ *(.+)-\d+ +\[\d+\].*?: (module_\w+): (\w+) ?(.*)")


@dataclass(frozen=True)
class Event:
    """An event: its tracepoint's name, the module, and the reference count where it tells one.

    `task` is the name of the program that was at it, its first 15 bytes.
    """

    name: str
    module: str
    refcnt: int | None
    task: str = field(default="", compare=False)


def recorded(vm: VM) -> list[Event]:
    """Return the events that the kernel has recorded, in the order in which they happened."""
    events = []
    for line in vm.read(f"{TRACING}/trace").splitlines():
        match = _EVENT.search(line)
        if match:
            task, name, module, rest = match.groups()
            refcnt = re.search(r"refcnt=(\d+)", rest)
            events.append(Event(name, module, int(refcnt[1]) if refcnt else None, task))
    return events


class ModuleTrace:
    """A context in which module_load, module_free, module_get and module_put are recorded.

    After it `events` holds them in the order in which they happened. Works on one guest at a time.
    """

    def __init__(self, vm: VM) -> None:
        self._vm = vm
        self.events: list[Event] = []

    def __enter__(self) -> "ModuleTrace":
        self._vm.sh(f"echo > {TRACING}/trace; echo 1 > {TRACING}/events/module/enable")
        return self

    def __exit__(self, *_: object) -> None:
        self._vm.sh(f"echo 0 > {TRACING}/events/module/enable")
        self.events = recorded(self._vm)
