# SPDX-License-Identifier: GPL-2.0
"""What a module loses: of a load and unload, and where each allocation of its load fails in turn.

Only a kernel with kmemleak, and with failslab, can tell.
"""

import re
from collections.abc import Iterable

from ..guest.vm import VM
from ..observe import allocations, kmemleak
from ..observe.transcript import Entry
from .attempt import Attempt
from .stay import Stay
from .verdict import FAIL

_SHOWN = 12


def leaks(attempt: Attempt) -> None:
    """Load and unload each module, have its allocations fail, and look what was lost."""
    options = attempt.built.kernel.options
    if "CONFIG_DEBUG_KMEMLEAK" not in options:
        return
    modules = [module for module in attempt.chosen if attempt.is_clean(module)]
    checks = ["leaks", *(["allocations"] if "CONFIG_FAILSLAB" in options else [])]
    for check in checks:
        for module in modules:
            _one(attempt, check, module)
        # The next check may be the end of the guest, which alone knows what was lost in it.
        if attempt.supply.current:
            _blame(attempt, attempt.supply.take())


def _one(attempt: Attempt, check: str, module: str) -> None:
    do = {"leaks": _load, "allocations": _fail_each}[check]

    def under_way(stay: Stay) -> None:
        stay.pids[kmemleak.mark(stay.vm)] = (check, module)
        do(attempt, stay, module)

    attempt.say(f"{module}, {check}")
    attempt.inside(check, module, under_way)


def _load(attempt: Attempt, stay: Stay, module: str) -> None:
    stay.type(f"modprobe {module}; modprobe -r {module}")
    stay.clear()
    attempt.passed("leaks", module, "", stay.take_transcript())


def _fail_each(attempt: Attempt, stay: Stay, module: str) -> None:
    allocations.prepare(stay.vm)
    needs = attempt.built_needs(module)
    if needs:
        stay.type(f"modprobe -a {' '.join(needs)}")
    stay.log()
    stay.take_transcript()
    since = stay.log_mark
    path = attempt.path(module)
    rest = [f"/sys/module/{module}/refcnt=", *_counts(stay.vm, needs)]
    said = stay.type(f"failnth load {path} '' {' '.join(rest)}", allocations.TIMEOUT)
    tries, end = allocations.tries(said.out if not said.status else "")
    hit = {number: allocations.site(stack, [module])
           for number, stack in allocations.stacks(stay.vm, since).items()}
    wrong = attempt.new(stay.trouble(flood=False))
    wrong += [f"allocation {one.number} fails ({hit.get(one.number) or 'of the kernel'}), and "
              f"{', '.join(one.left)} is not so any more" for one in tries if one.left]
    if said.status:
        number = max(hit, default=0)
        wrong.append(f"after allocation {number} failed "
                     f"({hit.get(number) or 'one of the kernel, for it'}): {said.words}")
    stay.shorten_last(f"failnth load {path}", "\n".join(said.out.splitlines()[-_SHOWN:]))
    stay.clear()
    wrong += [] if wrong else attempt.new(stay.left())
    transcript = stay.take_transcript()
    if wrong:
        attempt.give(FAIL, "allocations", module, "\n".join(wrong[:6]), transcript)
        attempt.supply.spoil()
    else:
        own = sum(1 for site in hit.values() if site)
        attempt.passed("allocations", module, f"{len(tries)} made to fail, {own} of its own",
                       transcript)


def _counts(vm: VM, needs: Iterable[str]) -> list[str]:
    """Return what failnth takes, to see that what a module needs is used by nobody again."""
    return [f"/sys/module/{need}/refcnt={vm.read(f'/sys/module/{need}/refcnt').strip()}"
            for need in needs]


def _blame(attempt: Attempt, stay: Stay) -> None:
    """See what was lost, by the processes that were under way for each module."""
    if not stay.pids:
        return
    attempt.say("kmemleak looks")
    for what in kmemleak.found(stay.vm, min(stay.pids)):
        pid = re.search(r"pid (\d+)", what)
        at = max((first for first in stay.pids if pid and first <= int(pid[1])),
                 default=min(stay.pids))
        check, module = stay.pids[at]
        size = re.search(r"size (\d+)", what)
        frames = re.findall(r"\] (\S+)|^ {4}(?:\[<\S+>\] )?(\w\S*\+0x\S+)", what, re.MULTILINE)
        by = ", ".join(name for frame in frames for name in frame if name)
        attempt.give(FAIL, check, module, f"{size[1] if size else '?'} bytes are lost"
                     + (f", allocated by {by}" if by else ""),
                     (Entry("log", f"unreferenced object {what}"),))
    stay.pids.clear()
