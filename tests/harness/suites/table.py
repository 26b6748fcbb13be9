# SPDX-License-Identifier: GPL-2.0
"""An outcome as a table: checks and kernels, and on one line the modules that came to the same."""

from collections.abc import Iterator
from dataclasses import dataclass

from .verdict import PASS, Outcome, Verdict


@dataclass(frozen=True)
class Row:
    """Modules that came to the same in a check; `cells` has their verdicts on each kernel.

    A suite as a whole has the name "". `others` is how many modules came to something else.
    """

    check: str
    modules: tuple[str, ...]
    cells: dict[str, tuple[Verdict, ...]]
    others: int

    @property
    def names(self) -> str:
        """Of whom it is, in words."""
        number = len(self.modules)
        if number > 2 and number > self.others:
            return f"the other {number} modules" if self.others else f"all {number} modules"
        return " ".join(name or "the suite" for name in self.modules)

    def status(self, kernel: str) -> str:
        """What they came to on a kernel, or nothing."""
        there = self.cells[kernel]
        return there[0].status if there else ""


def rows(outcome: Outcome, checks: dict[str, str]) -> Iterator[Row]:
    """Return the rows, in the order of the checks; of each check what most came to comes last."""
    kernels = [result.kernel for result in outcome.kernels]
    for check in checks:
        found: dict[str, dict[str, Verdict]] = {}
        for result in outcome.kernels:
            for verdict in result.verdicts:
                if verdict.check == check:
                    found.setdefault(verdict.module, {})[result.kernel] = verdict
        groups: dict[tuple[str, ...], list[str]] = {}
        for module, verdicts in found.items():
            groups.setdefault(tuple(_key(verdicts.get(kernel)) for kernel in kernels),
                              []).append(module)
        for modules in sorted(groups.values(), key=len):
            yield Row(check, tuple(modules),
                      {kernel: tuple(found[module][kernel] for module in modules
                                     if kernel in found[module]) for kernel in kernels},
                      len(found) - len(modules))


def _key(verdict: Verdict | None) -> str:
    """Return what verdicts have in common that come to the same: a name in a reason is each's own.
    """
    if not verdict or verdict.status == PASS:
        return verdict.status if verdict else ""
    reason = verdict.reason.replace(verdict.module, "*") if verdict.module else verdict.reason
    return f"{verdict.status} {reason}"
