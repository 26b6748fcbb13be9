# SPDX-License-Identifier: GPL-2.0
"""What a module can leave in a guest: looked at before its load and after its unload.

Everything is a pair: what it is, and its name, such as ("character device", "240 foo").
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator

from ..guest.vm import VM
from ..observe.kernelstat import parse_stats

Thing = tuple[str, str]
Things = frozenset[Thing]

_FILES = (
    "find /proc -path '/proc/[0-9]*' -prune -o -print; "
    "find /proc/net/ /dev /sys/class /sys/bus /sys/fs /sys/module /sys/devices/virtual "
    "-maxdepth 3; find /sys/devices -maxdepth 1; "
    "find /sys/kernel/debug -path /sys/kernel/debug/tracing -prune -o -maxdepth 4 -print; "
    "find /sys/kernel/tracing/events -maxdepth 2")
# What is not a file: files of which each line is of one thing, and what of a line is its name.
_LINES = {
    "/proc/devices": ("device number", r" *(\d+ .*)"),
    "/proc/misc": ("misc device", r" *(\d+ .*)"),
    "/proc/filesystems": ("file system", r"\S*\s+(\S+)"),
    "/proc/crypto": ("crypto driver", r"driver +: (.*)"),
    "/proc/interrupts": ("interrupt", r" *(\w+:)(?: +\d+)+(?: +.*?)?( \S+)?"),
    "/proc/iomem": ("I/O memory", r" *(.*)"),
    "/proc/ioports": ("I/O ports", r" *(.*)"),
    "/proc/mounts": ("mount", r"(.*)"),
    "/proc/net/dev": ("network interface", r" *(\S+):.*"),
    "/proc/net/protocols": ("network protocol", r"(\S+) .*"),
    "/proc/net/ptype": ("packet handler", r"(.*)"),
    "/proc/slabinfo": ("slab cache", r"(\S+) +\d.*"),
    "/proc/modules": ("module", r"(\S+) .*"),
}
_MARK = "= the rest ="
_SCRIPT = (f"{_FILES}; echo '{_MARK}'; grep -sH '' {' '.join(_LINES)}; echo '{_MARK}'; "
           "cat /proc/[0-9]*/stat 2> /dev/null")
_TIMEOUT = 60.0
# Workers come and go, but for those that a workqueue has for itself.
_PASSING = re.compile(r"kworker/(?!R-)|ksoftirqd|migration/|irq/")
# What the kernel has of a module under these names goes with that.
_SYSFS_MODULE = re.compile(r"/sys/module/([^/]+)(?:/.*)?")
# By the time that this is up, what goes by itself has gone: releases wait for RCU, and for work.
SETTLE_SECONDS = 5.0


def look(vm: VM) -> Things:
    """Return all that there is in a guest of what a module can leave.

    Raises GuestError where the guest does not answer.
    """
    files, lines, stats = vm.run("sh", "-c", _SCRIPT, timeout=_TIMEOUT).out.split(f"{_MARK}\n")
    found = {("file", path) for path in files.splitlines()}
    found |= set(_named(lines))
    found |= {("kernel thread", task.name.decode(errors="replace"))
              for task in parse_stats(stats).values()
              if task.kernel and not _PASSING.match(task.name.decode(errors="replace"))}
    return frozenset(found)


def _named(lines: str) -> Iterator[Thing]:
    for line in lines.splitlines():
        path, _, text = line.partition(":")
        kind, pattern = _LINES[path]
        match = re.fullmatch(pattern, text)
        if match:
            yield kind, "".join(part or "" for part in match.groups())


def left(vm: VM, before: Things, are_ours: Callable[[Thing], bool] = lambda _: True,
         seconds: float = SETTLE_SECONDS) -> list[str]:
    """Return what there is in a guest that was not before, or is missing, a line each.

    It is looked at again as long as something is, until the time is up: no event tells that what
    was released later has gone.
    Raises GuestError where the guest does not answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        after = look(vm)
        more, less = ({thing for thing in some if are_ours(thing)}
                      for some in (after - before, before - after))
        if not more | less or time.monotonic() > deadline:
            return [*_told(more, "is left"), *_told(less, "is missing")]


def _told(things: Iterable[Thing], how: str) -> Iterator[str]:
    """Tell of things, and of directories instead of what is in them."""
    paths = {name for _, name in things}
    for kind, name in sorted(things):
        if kind != "file":
            yield f"the {kind} {name} {how}"
        elif name.rpartition("/")[0] not in paths:
            yield f"{name} {how}"
