# SPDX-License-Identifier: GPL-2.0
"""Records of the kernel log, as the guest's agent writes them."""

import re
from dataclasses import dataclass

_LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
_RECORD = r"(\d+),(\d+),\d+,[^;]*;"


@dataclass(frozen=True)
class LogRecord:
    """A record of the kernel log."""

    seq: int
    level: int
    text: str

    def __str__(self) -> str:
        """Return it as `dmesg -x` shows it, without the time."""
        return f"kern  :{_LEVELS[self.level]:6}: {self.text}"


def matching(pattern: str) -> str:
    """Return the regular expression of a line whose record's text has a match of `pattern`."""
    return rf"(?m)^{_RECORD}(.*(?:{pattern}).*)\n"


def record(match: re.Match[str]) -> LogRecord:
    """Return the record of a line that matched."""
    return LogRecord(int(match[2]), int(match[1]) & 7, match[3])


def records(lines: str) -> list[LogRecord]:
    """Return the records of some lines."""
    return [record(match) for line in lines.splitlines()
            if (match := re.match(rf"{_RECORD}(.*)", line))]
