# SPDX-License-Identifier: GPL-2.0
"""What the kernel tells udev about modules, as udevadm shows it; in a guest of distro.parts()."""

import re
import uuid
from dataclasses import dataclass

from .vm import VM, GuestJob

_MONITOR = ("udevadm", "monitor", "--kernel", "--property", "--subsystem-match=module")
# udevadm says so once its socket is open, and what is sent from then on arrives.
_READY = "KERNEL - the kernel uevent\n"
# A uevent that is asked for comes in line with the others: after it there are none left.
_ASK = "/sys/module/kernel/uevent"
_EVENT = re.compile(r"^KERNEL\[[\d.]+\] (\w+) +(\S+) \(module\)\n((?:\w+=.*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Uevent:
    """A uevent: its action, its device's path, e.g. /module/core_mod, and its properties."""

    action: str
    path: str
    properties: dict[str, str]


class ModuleUevents:
    """A context in which uevents of modules are recorded; afterwards `events` holds them in order.

    Raises GuestError where udevadm does not start, or the guest is gone.
    """

    def __init__(self, vm: VM) -> None:
        self._vm = vm
        self._monitor: GuestJob
        self.events: list[Uevent] = []

    def __enter__(self) -> "ModuleUevents":
        self._monitor = self._vm.start(*_MONITOR)
        self._monitor.expect(_READY)
        return self

    def __exit__(self, *_: object) -> None:
        mark = str(uuid.uuid4())
        self._vm.sh(f"echo change {mark} > {_ASK}")
        self._monitor.expect(f"SYNTH_UUID={mark}\n")
        self._monitor.kill()
        for action, path, lines in _EVENT.findall(self._monitor.wait().out):
            properties = dict(line.split("=", 1) for line in lines.splitlines())
            if properties.get("SYNTH_UUID") != mark:
                self.events.append(Uevent(action, path, properties))
