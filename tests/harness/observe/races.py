# SPDX-License-Identifier: GPL-2.0
"""Races that KCSAN reports. A report is many lines; most reports are about the kernel alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from ..guest.klog import LogRecord
from ..guest.vm import VM

_TITLE = "BUG: KCSAN: "
_RULE = "=" * 66
# Of two accesses: how, and from where.
_ACCESS = re.compile(r"(?:race at unknown origin, with )?(.+) to 0x\w+ of (\d+) bytes by .* on cpu")
_FRAME = re.compile(r" (\S+\+0x\w+/0x\w+(?: \[\w+\])?)$")
# The other lines of a report; what another processor logs meanwhile comes between them.
_OTHER = re.compile(r"$|value changed: | bits changed: |Reported by Kernel Concurrency Sanitizer"
                    r"|CPU: |Hardware name: |Workqueue: |Stopper: |  \|")
# So many frames tell whose race it is: a function of the kernel's may be given what is a module's.
_FRAMES = 3


def whole(vm: VM, since: int) -> list[LogRecord]:
    """Return the kernel log from record number `since` on, once no report in it is half written.

    Raises GuestError where one does not end, or the guest does not answer.
    """
    records = vm.log(since)
    while begun := _unfinished(records):
        vm.await_log(_RULE, begun.seq)
        records += vm.log(records[-1].seq + 1)
    return records


def _unfinished(records: list[LogRecord]) -> LogRecord | None:
    """Return the first line of the last report, where its last line is not there yet."""
    for record in reversed(records):
        if record.text == _RULE:
            return None
        if record.text.startswith(_TITLE):
            return record
    return None


def judged(records: Sequence[LogRecord]) -> Iterator[LogRecord]:
    """Return these records, each report of a module's race as one, and none of the kernel's own.

    A race within the kernel's code is its authors' to judge, and is there without any module. What
    is a module's has a function of a module's among the first frames of an access.
    """
    report: list[LogRecord] = []
    for record, following in zip_longest(records, records[1:]):
        if record.text.startswith(_TITLE):
            report = [record]
        elif record.text == _RULE and report:
            if _is_of_module(report):
                yield replace(report[0], text="; ".join(_told(report)))
            report = []
        elif record.text == _RULE and following and following.text.startswith(_TITLE):
            continue
        elif report and any(line.match(record.text) for line in (_ACCESS, _FRAME, _OTHER)):
            report.append(record)
        else:
            yield record


def _told(report: list[LogRecord]) -> list[str]:
    """Return what a report says: its title, and each access with its first frames."""
    said = [[report[0].text]]
    for record in report:
        if access := _ACCESS.match(record.text):
            said.append([f"{access[1]} of {access[2]} bytes in"])
        elif (frame := _FRAME.match(record.text)) and len(said[-1]) <= _FRAMES:
            said[-1].append(frame[1])
    return [f"{what} {' < '.join(frames)}".strip() for what, *frames in said]


def _is_of_module(report: list[LogRecord]) -> bool:
    return any(re.search(r" \[\w+\]( |$)", said) for said in _told(report))
