# SPDX-License-Identifier: GPL-2.0
"""Which reports of races in the kernel's log are about a module."""

import re
from collections.abc import Sequence
from typing import cast

import pytest

from harness.guest.klog import LogRecord
from harness.guest.vm import VM
from harness.observe import races

RULE = "=" * 66
# Frames of an access: from deep within a function of the kernel, and of a module itself.
DEEP = ("memchr+0x3f/0x90", "strnlen+0x5/0x80", "string+0x1a/0x40", "show+0x33/0xb0 [walker_mod]")
OF_MODULE = ("list_add+0x3f/0x90", "keep+0x33/0xb0 [core_mod]")


def report(title: str, *accesses: Sequence[str]) -> list[str]:
    """Return a report's lines, as the kernel writes them."""
    lines = [RULE, f"BUG: KCSAN: {title}", ""]
    for access in accesses:
        lines += ["write to 0xffff888003a81208 of 4 bytes by task 7 on cpu 1:",
                  *(f" {frame}" for frame in access), r"  |\x0a  +-> reordered to: f+0x5/0x80", ""]
    return [*lines, "value changed: 0x00000001 -> 0x00000002", "",
            "Reported by Kernel Concurrency Sanitizer on:",
            "CPU: 1 PID: 7 Comm: cat Tainted: G           O       6.1.0-taskmods-kcsan #1",
            "Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2",
            "Workqueue: events_unbound fsnotify_mark_destroy_workfn", RULE]


def judged(lines: Sequence[str]) -> list[str]:
    return [record.text for record in races.judged([LogRecord(number, 3, text)
                                                    for number, text in enumerate(lines)])]


KERNELS = report("data-race in set_nlink / memchr", DEEP, DEEP)


def test_a_race_of_the_kernels_own_is_no_trouble() -> None:
    assert judged(["before", *KERNELS, "after"]) == ["before", "after"]


@pytest.mark.parametrize("accesses", [(OF_MODULE, DEEP), (DEEP, OF_MODULE), (OF_MODULE,)])
def test_a_race_of_a_module_is_told_in_a_line(accesses: tuple[Sequence[str], ...]) -> None:
    (told,) = judged(report("data-race in a / b", *accesses))
    assert re.match("BUG: KCSAN: data-race in a / b; write of 4 bytes in ", told)
    assert "write of 4 bytes in list_add+0x3f/0x90 < keep+0x33/0xb0 [core_mod]" in told


def test_a_title_tells_of_a_module() -> None:
    assert judged(report("data-race in keep [core_mod] / memchr", DEEP, DEEP))


def test_what_another_processor_says_meanwhile_stays() -> None:
    assert judged([*KERNELS[:5], "WARNING: CPU: 0", *KERNELS[5:]]) == ["WARNING: CPU: 0"]


def test_rules_that_are_not_of_races_stay() -> None:
    other = [RULE, "BUG: KASAN: use-after-free in f", RULE]
    assert judged(other) == other


class Writing:
    """A guest whose log has the first lines of a report, and all once its end is awaited."""

    def __init__(self, there: int) -> None:
        self._records = [LogRecord(number, 3, text) for number, text in enumerate(KERNELS)]
        self._there = there
        self.awaited = 0

    def log(self, since: int) -> list[LogRecord]:
        return self._records[since:self._there]

    def await_log(self, pattern: str, since: int) -> None:
        assert since < self._there and re.match(pattern, self._records[-1].text)
        self._there = len(self._records)
        self.awaited += 1


@pytest.mark.parametrize("there", [1, 2, 5, len(KERNELS)])
def test_a_report_that_is_being_written_is_awaited(there: int) -> None:
    vm = Writing(there)
    records = races.whole(cast(VM, vm), 0)
    assert [record.text for record in records] == KERNELS[:there if there == 1 else None]
    assert vm.awaited == (1 < there < len(KERNELS))
