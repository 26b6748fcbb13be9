# SPDX-License-Identifier: GPL-2.0
"""A suite tried on each kernel: every check, module by module, in guests."""

import re
import time
from collections.abc import Callable, Mapping
from functools import partial

from ..host.errors import HarnessError
from ..host.progress import conclude, say
from ..observe import facts
from ..observe.transcript import Entry
from . import graph
from .advice import advice
from .alone import alone
from .attempt import Attempt
from .built import Built, BuildFailed
from .expected import expect
from .growth import cycles
from .leaks import leaks
from .options import Options
from .stay import Stay
from .supply import Supply, parts
from .upgrade import upgrade
from .using import use
from .verdict import FAIL, PASS, SKIP, TROUBLE, OnKernel, Outcome, Verdict
from .visit import visit

# As much of a build's log as is shown.
_LOG = 20_000
_WITHOUT_GUEST = ("listed", "vermagic", "symbols")


def tried(name: str, builts: Mapping[str, Built | BuildFailed], options: Options) -> Outcome:
    """Try a suite on each kernel that it was built for, or was to be; return what came of it.

    Raises HarnessError where what is known to fail cannot be read, or there is no module of the
    name that is asked for.
    """
    for built in builts.values():
        _check_name(built, options.module)
    results = tuple(_on_kernel(kernel, built, options) for kernel, built in builts.items())
    notes = expect(results, options.expect) if options.expect else ()
    return Outcome(name, results, notes)


def _on_kernel(kernel: str, built: Built | BuildFailed, options: Options) -> OnKernel:
    results = OnKernel(kernel, built.kernel.title, what=built.what)
    began = time.monotonic()
    if isinstance(built, BuildFailed):
        log = built.log.read_text(encoding="utf-8") if built.log else ""
        results.give(Verdict("builds", "", SKIP if built.lacks else FAIL, built.reason,
                             "" if built.lacks else advice(built.reason), _of_build(log)))
        return results
    results.give(Verdict("builds", "", PASS, f"by {built.how}" if built.how else ""))
    _looked_at(built, results)
    try:
        with Supply(built, parts(built.kernel, options.kmod), options.patience) as supply:
            _every_check(Attempt(built, options, supply, results,
                                 lambda what: say(f"{built.name} on {kernel}: {what}")))
    except HarnessError as error:
        results.give(Verdict("loads", "", TROUBLE, str(error)))
    results.seconds = time.monotonic() - began
    conclude(f"{built.name} on {kernel}: {results.words}, {results.seconds:.0f} s")
    return results


def _check_name(built: Built | BuildFailed, module: str) -> None:
    if isinstance(built, Built) and module and module not in graph.ordered(built):
        raise HarnessError(f"T={module} is no module of {built.name}: it has "
                           f"{', '.join(graph.ordered(built))}")


def _of_build(log: str) -> tuple[Entry, ...]:
    """Return a build's log as a transcript: its end, where it is long."""
    command, _, said = log.partition("\n")
    return (Entry("host", command, said[-_LOG:]),) if log else ()


def _looked_at(built: Built, results: OnKernel) -> None:
    """Give the verdicts that need no guest."""
    found = {check: [one for one in built.wrong if one[0] == check] for check in _WITHOUT_GUEST}
    for check, wrong in found.items():
        for _, module, what in wrong:
            results.give(Verdict(check, module, FAIL, what, advice(what)))
        if not wrong and (check != "listed" or built.is_listed):
            results.give(Verdict(check, "", PASS))


def _every_check(attempt: Attempt) -> None:
    attempt.inside("indexed", "", partial(_indexed, attempt))
    for module in attempt.chosen:
        visit(attempt, module)
    for module in attempt.chosen:
        alone(attempt, module)
    steps: tuple[Callable[[Attempt], None], ...] = (use, cycles, leaks, upgrade)
    for step in steps:
        step(attempt)


def _indexed(attempt: Attempt, stay: Stay) -> None:
    """See that depmod indexed each module, and that modprobe would take the one of the suite."""
    kmod = facts.read(attempt.built.kernel, stay.vm).versions["kmod"]
    attempt.results.title += f", kmod {'.'.join(map(str, kmod))}"
    stay.say("[depmod]")
    names = graph.ordered(attempt.built)
    said = stay.type(f"modinfo -n {' '.join(names)}")
    found = said.out.splitlines()
    transcript = stay.take_transcript()
    complaints = attempt.supply.depmod.splitlines()
    for name in names:
        path = attempt.path(name)
        about = [line for line in complaints if re.search(rf"\b{re.escape(name)}\b", line)]
        if path not in found:
            wrong = about or [line for line in found if name in line] or ["modinfo finds none"]
            attempt.give(FAIL, "indexed", name, "\n".join(wrong), transcript)
        else:
            attempt.passed("indexed", name, "\n".join(about), transcript)
