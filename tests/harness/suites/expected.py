# SPDX-License-Identifier: GPL-2.0
"""Failures that are known: EXPECT=, a file with a line each: module, check, reason.

    zfs        left    https://github.com/openzfs/zfs/issues/14752
    zfs@debug  loads   lockdep's symbols are for GPL only
    *          cycles  this host is too small

A name with @ is of that kernel alone; * is any module, and the suite as a whole; a line that begins
with # is a comment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..host.errors import HarnessError
from .checks import CHECKS
from .verdict import FAIL, KNOWN, PASS, OnKernel, Verdict


@dataclass(frozen=True)
class Expected:
    """A line of the file."""

    module: str
    kernel: str
    check: str
    reason: str

    def fits(self, kernel: str, verdict: Verdict) -> bool:
        """Return whether it is about a verdict on a kernel."""
        return (self.check == verdict.check and self.kernel in ("", kernel)
                and self.module in ("*", verdict.module))

    def __str__(self) -> str:
        where = f"@{self.kernel}" if self.kernel else ""
        return f"{self.module}{where} {self.check}"


def read(path: Path) -> list[Expected]:
    """Return what a file expects.

    Raises HarnessError where it cannot be read, or a line is not of that form.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise HarnessError(f"EXPECT={path}: {error.strerror}") from error
    return list(_expected(path, lines))


def _expected(path: Path, lines: Iterable[str]) -> Iterator[Expected]:
    for number, line in enumerate(lines, start=1):
        words = "" if line.startswith("#") else line
        if not words.strip():
            continue
        parts = words.split(None, 2)
        if len(parts) < 3 or parts[1] not in CHECKS:
            raise HarnessError(f"EXPECT={path}:{number}: not of the form MODULE CHECK REASON: "
                               f"{line.strip()}: the checks are {', '.join(CHECKS)}")
        module, _, kernel = parts[0].partition("@")
        yield Expected(module, kernel, parts[1], parts[2].strip())


def expect(results: Iterable[OnKernel], path: Path) -> tuple[str, ...]:
    """Mark failures that are expected; return a line for each that was expected and did not come.

    Raises HarnessError where the file is not as it must be.
    """
    known = read(path)
    came: set[Expected] = set()
    seen: set[Expected] = set()
    for result in results:
        for at, verdict in enumerate(result.verdicts):
            for one in (one for one in known if one.fits(result.kernel, verdict)):
                seen |= {one} if verdict.status in (FAIL, PASS) else set()
                if verdict.status == FAIL:
                    came.add(one)
                    result.verdicts[at] = replace(
                        verdict, status=KNOWN, reason=f"{verdict.reason}\nknown: {one.reason}")
    return tuple(f"{one} was expected to fail, and passes: take it out of {path.name}"
                 for one in known if one in seen - came)
