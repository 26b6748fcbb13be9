# SPDX-License-Identifier: GPL-2.0
"""A behaviour, declared: what it is called, what it teaches, its steps, and what is expected."""

import hashlib
import re
from dataclasses import dataclass, fields, is_dataclass, replace

from .steps import Cmd, Loaded, Step

_KMOD = re.compile(r"\b(?:depmod|insmod|lsmod|modinfo|modprobe|rmmod)\b")
# For the kernel's command line: events are recorded from the start.
_FROM_BOOT = "trace_event=module"


@dataclass(frozen=True)
class Guest:
    """A guest that a row has for itself; `append` goes to the kernel's command line.

    With `trouble` the kernel may say that it is in trouble: an oops or a warning is what the row is
    about, and does not end the guest.
    `trusts` is a certificate (DER) in the host's directory that the guest's firmware has; the row's
    first Host steps make it.
    `full` is a Debian with systemd and udev, `files` (path and content) lie in it at boot.
    `from_boot` has the kernel's module events recorded from its start.
    `intree` are modules of the kernel's own that modprobe finds, with what they need.
    """

    append: str = ""
    trouble: bool = False
    trusts: str = ""
    full: bool = False
    files: tuple[tuple[str, str], ...] = ()
    from_boot: bool = False
    intree: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is particular about it, for people."""
        told = ["a whole Debian, with systemd and udev" if self.full else "a guest of its own",
                f"told {self.append}" if self.append else "",
                f"with {', '.join(self.intree)} of the kernel's own" if self.intree else "",
                f"its firmware trusts {self.trusts}" if self.trusts else ""]
        return ", ".join(word for word in told if word)

    @property
    def command_line(self) -> str:
        """What goes to the kernel's command line in all."""
        return f"{self.append} {_FROM_BOOT}" if self.from_boot else self.append


@dataclass(frozen=True)
class Row:
    """A behaviour.

    `order` is what the kernel's tracepoints say was loaded (+) and freed (-) in the whole row, e.g.
    "+core_mod +walker_mod -walker_mod -core_mod"; None where it is left to chance.
    `forced` are modules that go while referenced: no one gives those references back.
    `needs` are requirements, as in facts.py; a row whose guest does not meet them is skipped.
    `sources` are folders that the host's shell finds in its working directory, `installs` modules
    from tests/modules/ that modprobe finds.
    `guest` is the row's own guest, else it shares one: then it must leave nothing behind.
    """

    id: str
    title: str
    teaches: str
    steps: tuple[Step, ...]
    order: str | None = ""
    forced: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    installs: tuple[str, ...] = ()
    guest: Guest | None = None

    @property
    def requirements(self) -> tuple[str, ...]:
        """What it needs in all: of its guest, too, what not every processor's can be."""
        own = self.guest
        return (*self.needs, *(["firmware"] if own and own.trusts else []),
                *(["debian"] if own and own.full else []),
                *(["console"] if own and own.trouble else []))

    @property
    def tools(self) -> frozenset[str]:
        """The programs of kmod that it types in the guest."""
        typed = " ".join(step.command for step in self.steps if isinstance(step, Cmd))
        if any(isinstance(step, Loaded) for step in self.steps):
            typed += " lsmod"
        return frozenset(_KMOD.findall(typed))

    @property
    def digest(self) -> str:
        """What changes with what a run depends on: all but the title and what the row teaches.

        It stays where a new field has its default.
        """
        run = replace(self, title="", teaches="")
        return hashlib.sha256(repr(_declared(run)).encode()).hexdigest()[:12]


def _declared(value: object) -> object:
    """Return what a declaration says: of each part of it what differs from the defaults."""
    if isinstance(value, tuple):
        return tuple(map(_declared, value))
    if not is_dataclass(value):
        return value
    return type(value).__name__, {field.name: _declared(said) for field in fields(value)
                                  if (said := getattr(value, field.name)) != field.default}
