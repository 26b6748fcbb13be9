# SPDX-License-Identifier: GPL-2.0
"""A suite being tried on one kernel: what of it is known so far, and the guest that it is in."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..host.errors import GuestError, HarnessError
from ..observe.transcript import Entry
from . import graph
from .advice import advice
from .built import Built
from .options import Options
from .stay import Lost, Stay
from .supply import Supply, place_of
from .verdict import FAIL, PASS, SKIP, TROUBLE, OnKernel, Verdict


@dataclass
class Attempt:
    """A suite on a kernel, its guests, and what came of it so far.

    `unloadable` are the modules that cannot be tried, and why; `stuck` those that do not unload,
    `once` those that load no second time. `blamed` is what is known to be left or wrong: who needs
    the module that did it is not blamed again.
    """

    built: Built
    options: Options
    supply: Supply
    results: OnKernel
    say: Callable[[str], None]
    unloadable: dict[str, str] = field(default_factory=dict)
    stuck: dict[str, str] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)
    blamed: set[str] = field(default_factory=set)

    def needs(self, module: str) -> tuple[str, ...]:
        """The modules of the suite that come with one, each after those that it needs."""
        return graph.closure(self.built, module)[:-1]

    def must_have(self, module: str) -> tuple[str, ...]:
        """Those of them without which it does not load."""
        return graph.closure(self.built, module, softly=False)[:-1]

    @property
    def chosen(self) -> tuple[str, ...]:
        """The modules that are tried, each after those that it needs."""
        one = self.options.module
        return graph.closure(self.built, one) if one else graph.ordered(self.built)

    @property
    def leaves(self) -> tuple[str, ...]:
        """Those of them that load, and that none of the others needs."""
        there = [module for module in self.chosen if module not in self.unloadable]
        needed = {need for module in there for need in self.needs(module)}
        return tuple(module for module in there if module not in needed)

    def removal(self, modules: Iterable[str]) -> str:
        """Return the command that unloads modules with all that come with them.

        Each is named: of a chain, modprobe -r of kmod 30 and later leaves all but the first two.
        """
        every = dict.fromkeys(name for module in modules
                              for name in graph.closure(self.built, module))
        return f"modprobe -r -a {' '.join(reversed(every))}"

    @property
    def hopeless(self) -> set[str]:
        """Those that hang or end the kernel: they are not loaded again."""
        return {module for module, why in self.unloadable.items()
                if why.startswith(("hangs", "ends"))}

    def built_needs(self, module: str) -> tuple[str, ...]:
        """The modules, of the suite or of the kernel's own, whose symbols one uses."""
        return graph.direct(self.built, module)

    def is_clean(self, module: str) -> bool:
        """Return whether a module, with what it needs, loads and unloads as often as one likes."""
        every = {module, *self.needs(module)}
        wrong = {verdict.module for verdict in self.results.verdicts if verdict.status == FAIL}
        return not every & {*self.unloadable, *self.stuck, *self.once, *wrong}

    @property
    def is_kasan(self) -> bool:
        """Whether the kernel keeps what is freed, to see who uses it still."""
        return "CONFIG_KASAN" in self.built.kernel.options

    def path(self, module: str) -> str:
        """Return where a module is in the guest."""
        return place_of(self.built, module)

    def give(self, status: str, check: str, module: str, reason: str = "",
             transcript: tuple[Entry, ...] = (), said: str = "") -> None:
        """Keep a verdict. `said` is what was said besides, which explain may know better."""
        told = advice(reason, said) if status in (FAIL, SKIP) and transcript else ""
        self.results.give(Verdict(check, module, status, reason, told, transcript))

    def passed(self, check: str, module: str, reason: str = "",
               transcript: tuple[Entry, ...] = ()) -> None:
        """Keep that a check passed."""
        self.give(PASS, check, module, reason, transcript)

    def has(self, check: str, module: str) -> bool:
        """Return whether there is a verdict of that."""
        return self.results.of(check, module) is not None

    def new(self, told: list[str]) -> list[str]:
        """Return what of some lines nobody was blamed for yet; from now on somebody is."""
        fresh = {line: re.sub(r"0x[0-9a-f]+|\d+", "N", line) for line in told}
        found = [line for line, key in fresh.items() if key not in self.blamed]
        self.blamed |= set(fresh.values())
        return found

    def inside(self, check: str, module: str, do: Callable[[Stay], None],
               supply: Supply | None = None) -> bool:
        """Do something in a guest, which is as good as new; return whether that lived through it.

        Where the guest is lost the check of the module fails. `supply` has other guests, if any.
        """
        supply = supply or self.supply
        try:
            stay = supply.take()
        except HarnessError as error:
            self.give(TROUBLE, check, module, str(error))
            return False
        try:
            do(stay)
            return True
        except (Lost, GuestError) as error:
            lost = error if isinstance(error, Lost) else stay.lost("the guest")
            self.give(FAIL, check, module, str(lost), stay.take_transcript(),
                      stay.vm.qemu.console())
        except HarnessError as error:
            self.give(TROUBLE, check, module, str(error), stay.take_transcript())
        supply.spoil()
        return False
