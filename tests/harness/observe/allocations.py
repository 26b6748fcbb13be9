# SPDX-License-Identifier: GPL-2.0
"""System calls of which each allocation is made to fail in turn: by ../../guest/failnth.c.

A kernel can do so with CONFIG_FAILSLAB only.
"""

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass

from ..guest.vm import VM

_FAILSLAB = "/sys/kernel/debug/failslab"
# Any allocation may be made to fail, and the log has whose it was: the console is too slow for it.
_KNOBS = f"""
echo N > {_FAILSLAB}/ignore-gfp-wait
echo 2 > {_FAILSLAB}/verbose
echo 0 > {_FAILSLAB}/verbose_ratelimit_interval_ms
echo on > /proc/sys/kernel/printk_devkmsg
echo 4 > /proc/sys/kernel/printk
"""
# Each of some hundred tries logs a stack.
TIMEOUT = 900
# A line of a stack, of which the innermost comes first.
FRAME = re.compile(r"^ (\w+)(?:\.\w+)*\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[(\w+)\])?")
_ALLOCATOR = re.compile("_*(kmalloc|kmem_cache_)")
# What the compiler adds for gcov, which does without memory.
_CONSTRUCTOR = "_sub_I_"


@dataclass(frozen=True)
class Try:
    """The call with its `number`-th allocation made to fail: its errno's name, and what was left of
    what must be so before and after.
    """

    number: int
    errno: str
    left: tuple[str, ...]


def prepare(vm: VM) -> None:
    """Have a guest in which allocations can be made to fail."""
    vm.sh(_KNOBS)


def tries(out: str) -> tuple[list[Try], str]:
    """Return what failnth wrote of each try, and of the call that met no failure: its errno.

    That is nothing where it gave up before.
    """
    found, end = [], ""
    for line in out.splitlines():
        number, error, *left = line.split()
        if number == "all":
            end = " ".join((error, *left))
        elif number.isdigit():
            found.append(Try(int(number), error, tuple(left)))
    return found, end


def stacks(vm: VM, since: int) -> dict[int, list[str]]:
    """Return the lines of the stack of each allocation that failed, by the number of the try."""
    found: dict[int, list[str]] = {}
    number = 0
    for record in vm.log(since):
        told = re.fullmatch(r"failnth: (\d+)", record.text)
        if told:
            number = int(told[1])
        elif number and FRAME.match(record.text):
            found.setdefault(number, []).append(record.text)
    return found


def site(stack: list[str], modules: Collection[str]) -> str:
    """Return which function of some modules asked for memory, and by whom; nothing if none did."""
    called: list[str] = []
    for line in stack:
        match = FRAME.match(line)
        assert match
        called.insert(0, match[1])
        if match[2] in modules and not match[1].startswith(_CONSTRUCTOR):
            return " ".join(itertools.takewhile(lambda name: not _ALLOCATOR.match(name), called))
    return ""
