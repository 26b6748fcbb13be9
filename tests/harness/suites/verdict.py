# SPDX-License-Identifier: GPL-2.0
"""What came of a suite: a verdict for each check and module, on each kernel."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..observe.transcript import Entry

# What can come of a check. KNOWN is a failure that was expected; TROUBLE is the bench's own.
PASS, FAIL, SKIP, KNOWN, TROUBLE = STATUSES = "PASS", "FAIL", "SKIP", "KNOWN", "TROUBLE"
# What counts where one check of a module was made several times: the worst.
_WORST = (SKIP, PASS, KNOWN, TROUBLE, FAIL)
# Exit statuses, as autopkgtest has them, and one for the bench's own trouble.
EXIT_PASSED, EXIT_FAILED, EXIT_TROUBLE, EXIT_SKIPPED = 0, 1, 2, 77


@dataclass(frozen=True)
class Verdict:
    """What came of one check of one module, or of the suite as a whole where that is "".

    `reason` is in the words of the tool or the kernel, `advice` what taskmods explain says of it;
    `transcript` is what was typed and seen.
    """

    check: str
    module: str
    status: str
    reason: str = ""
    advice: str = ""
    transcript: tuple[Entry, ...] = ()


@dataclass
class OnKernel:
    """What came of a suite on one kernel; `title` has its version and kmod's, `what` tells which
    version of the suite it was.
    """

    kernel: str
    title: str = ""
    seconds: float = 0.0
    verdicts: list[Verdict] = field(default_factory=list)
    what: str = ""

    def of(self, check: str, module: str) -> Verdict | None:
        """Return the verdict of a check on a module, if there is one."""
        return next((verdict for verdict in self.verdicts
                     if (verdict.check, verdict.module) == (check, module)), None)

    def give(self, verdict: Verdict) -> None:
        """Take a verdict; of several of the same check and module the worst counts."""
        before = self.of(verdict.check, verdict.module)
        if not before:
            self.verdicts.append(verdict)
        elif _WORST.index(verdict.status) > _WORST.index(before.status):
            self.verdicts[self.verdicts.index(before)] = verdict

    def count(self, status: str) -> int:
        """Return how many checks came to that."""
        return sum(verdict.status == status for verdict in self.verdicts)

    @property
    def words(self) -> str:
        """How many checks came to what."""
        return counted(self.count)


@dataclass(frozen=True)
class Outcome:
    """What came of a suite, by kernel; `notes` are lines to be told besides."""

    name: str
    kernels: tuple[OnKernel, ...]
    notes: tuple[str, ...] = ()

    @property
    def verdicts(self) -> list[Verdict]:
        """All of them."""
        return [verdict for kernel in self.kernels for verdict in kernel.verdicts]

    def count(self, status: str) -> int:
        """Return how many checks came to that on all kernels."""
        return sum(kernel.count(status) for kernel in self.kernels)

    @property
    def exit_status(self) -> int:
        """0, 1 where something failed, 77 where no module could be tried, 2 for our own trouble."""
        if self.count(FAIL):
            return EXIT_FAILED
        if self.count(TROUBLE):
            return EXIT_TROUBLE
        tried = any(verdict.check == "loads" and verdict.status in (PASS, KNOWN)
                    for verdict in self.verdicts) or self.count(KNOWN)
        return EXIT_PASSED if tried else EXIT_SKIPPED

    @property
    def words(self) -> str:
        """The last line: what came of it."""
        number = len(self.kernels)
        on = f"on {number} kernel" + ("" if number == 1 else "s")
        return f"{self.name}: {_VERDICTS[self.exit_status]} {on}: {counted(self.count)}"


_COUNTED = {PASS: "passed", FAIL: "failed", SKIP: "skipped", KNOWN: "failed as expected",
            TROUBLE: "could not be tried, by trouble of the bench's own"}
_VERDICTS = {EXIT_PASSED: "PASS", EXIT_FAILED: "FAIL", EXIT_SKIPPED: "SKIP, no module could be "
             "tried,", EXIT_TROUBLE: "TROUBLE of the bench's own"}


def counted(count: Callable[[str], int]) -> str:
    """Return in words how many checks came to what, by a function that tells how many did."""
    counts = [f"{count(status)} {_COUNTED[status]}" for status in STATUSES if count(status)]
    return ", ".join(counts) or "nothing was tried"
