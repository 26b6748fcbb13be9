# SPDX-License-Identifier: GPL-2.0
"""The kinds of steps that a behaviour is made of: each is data that knows how to be taken.

A step compares what it sees with what it declares, by expect(), and leaves in the trial's
transcript what a person would have seen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..observe.expect import expect
from ..observe.loaded import State, parse_specs, states
from .trial import Entry, Trial


@dataclass(frozen=True, kw_only=True)
class Step:
    """What all steps have: `when` is a requirement, as in facts.py, for the step to be taken."""

    when: str = ""

    def __post_init__(self) -> None:
        """Refuse what a forgotten comma makes of a tuple: each of its letters would be a pattern.

        Raises TypeError.
        """
        for name in ("shows", "log", "paths", "arguments"):
            if isinstance(getattr(self, name, ()), str):
                raise TypeError(f"{self.title}: {name} must be a tuple: is a comma missing?")

    @property
    def title(self) -> str:
        """What to call it where it fails."""
        return type(self).__name__

    def take(self, trial: Trial) -> None:
        """Do it; raises Mismatch where something other comes of it than is declared."""
        raise NotImplementedError


@dataclass(frozen=True)
class Note(Step):
    """Words for the reader."""

    text: str

    def take(self, trial: Trial) -> None:
        trial.transcript.append(Entry("note", self.text))


@dataclass(frozen=True)
class _Typed(Step):
    """A command typed at a shell.

    `says` ends the last line that it wrote, `shows` are regular expressions that stand in its
    output in this order, `hides` is one that does not.
    """

    command: str
    status: int = 0
    says: str = ""
    shows: tuple[str, ...] = ()
    hides: str = ""

    @property
    def title(self) -> str:
        return self.command


@dataclass(frozen=True)
class Cmd(_Typed):
    """A command typed at the guest's shell, which the steps of a row share.

    `log` are regular expressions, each for a record of the kernel log that came during the step,
    in this order.
    """

    log: tuple[str, ...] = ()
    timeout: float = 60

    def take(self, trial: Trial) -> None:
        since = trial.vm.log_end() if self.log else 0
        out, status = trial.shell.type(self.command, self.timeout)
        trial.transcript.append(Entry("guest", self.command, out, status))
        judge(self, out, status)
        if self.log:
            _judge_log(trial, self.log, since)


@dataclass(frozen=True)
class Host(_Typed):
    """A command typed at a shell of the machine that builds, where the row's sources are.

    KDIR names the headers of the guest's kernel there, SUITE the directory where the three modules
    were built for it, with their Module.symvers.
    """

    timeout: float = 120

    def take(self, trial: Trial) -> None:
        out, status = trial.host.type(self.command, self.timeout)
        trial.transcript.append(Entry("host", self.command, out, status))
        judge(self, out, status)


@dataclass(frozen=True)
class Send(Step):
    """Files that the host has built go to where the guest's shell is, under their last names."""

    paths: tuple[str, ...]

    def take(self, trial: Trial) -> None:
        for path in self.paths:
            trial.send(path)
        names = ", ".join(self.paths)
        trial.transcript.append(Entry("send", f"[to the guest: {names}]"))


@dataclass(frozen=True)
class BootInto(Step):
    """The guest's kernel is booted anew, with an initrd that was made in the guest.

    That is as far as it goes: instead of a root file system it finds our agent.
    """

    initrd: str

    def take(self, trial: Trial) -> None:
        trial.boot_into(self.initrd)
        trial.transcript.append(Entry("send", f"[booted anew, with {self.initrd}]"))


@dataclass(frozen=True)
class Call(Step):
    """A raw system call, as the guest's agent makes it: finit_module FILE FLAGS PARAMETERS,
    init_module FILE PARAMETERS, delete_module NAME FLAGS. `errno` is a name, or "0".
    """

    name: str
    arguments: tuple[str, ...]
    errno: str = "0"
    log: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        shown = ", ".join(word if word.isdigit() else f'"{word}"' for word in self.arguments)
        return f"{self.name}({shown})"

    def take(self, trial: Trial) -> None:
        since = trial.vm.log_end() if self.log else 0
        arguments = [trial.in_guest(self.arguments[0]), *self.arguments[1:]]
        seen = trial.vm.call(self.name, *arguments)
        result = "0" if seen == "0" else f"-1 {seen}"
        trial.transcript.append(Entry("call", f"{self.title} = {result}"))
        expect("errno", self.errno, seen, self.errno == seen)
        if self.log:
            _judge_log(trial, self.log, since)


@dataclass(frozen=True, init=False)
class _Specs(Step):
    """What must be the case, a spec for each part of it."""

    specs: tuple[str, ...]

    def __init__(self, *specs: str, when: str = "") -> None:
        object.__setattr__(self, "specs", specs)
        object.__setattr__(self, "when", when)


@dataclass(frozen=True, init=False)
class Loaded(_Specs):
    """What is loaded, all of it, as lsmod, /proc/modules and sysfs agree on it.

    A spec is "NAME REFCNT[ USER,USER][ initstate=STATE][ taint=LETTERS]"; the defaults are live,
    and OE, which modules out of tree and unsigned have. One without an exit has the user
    "[permanent]", which lsmod does not show.
    """

    def take(self, trial: Trial) -> None:
        out, status = trial.shell.type("lsmod", 30)
        trial.transcript.append(Entry("guest", "lsmod", out, status))
        expected, seen = parse_specs(self.specs), states(trial.vm)
        expect("modules loaded", _lines(expected), _lines(seen), expected == seen)


@dataclass(frozen=True)
class Await(Step):
    """Wait until the kernel log has a record of the row's time that matches."""

    pattern: str
    timeout: float = 30

    def take(self, trial: Trial) -> None:
        record = trial.await_log(self.pattern, self.timeout)
        trial.transcript.append(Entry("log", str(record)))


@dataclass(frozen=True, init=False)
class Events(_Specs):
    """What the kernel's tracepoints told since the last such step, or the row's begin: all of it.

    A spec is "load NAME", "free NAME", "get NAME REFCNT", "put NAME REFCNT" or "request NAME". The
    reference count includes the one that the kernel itself holds of a module.
    """

    def take(self, trial: Trial) -> None:
        events = trial.events()
        seen = [str(event) for event in events]
        lines = "\n".join(event.line() for event in events)
        trial.transcript.append(Entry("trace", "[tracepoints]", lines))
        expect("events", list(self.specs), seen, list(self.specs) == seen)


def judge(step: _Typed, out: str, status: int) -> None:
    """Compare what a command wrote, and its exit status, with what its step declares.

    Raises Mismatch.
    """
    expect("exit status", step.status, status, step.status == status)
    last = (out.strip().splitlines() or [""])[-1].rstrip()
    if step.says:
        expect("its message ends with", step.says, last, last.endswith(step.says))
    _in_order("output", step.shows, [out])
    if step.hides:
        found = re.search(step.hides, out, re.MULTILINE)
        expect("output without", step.hides, found[0] if found else "", not found)


def _judge_log(trial: Trial, patterns: Sequence[str], since: int) -> None:
    """Each pattern has a record, in order; the records that matched go to the transcript."""
    records = trial.vm.log(since)
    matched = _in_order("kernel log", patterns, [record.text for record in records])
    trial.transcript += [Entry("log", str(records[number])) for number in matched]


def _in_order(what: str, patterns: Sequence[str], texts: list[str]) -> list[int]:
    """Expect the patterns in the texts, one after the other; return which texts have one."""
    matched: list[int] = []
    number, at = 0, 0
    for pattern in patterns:
        while number < len(texts):
            match = re.compile(pattern, re.MULTILINE).search(texts[number], at)
            if match:
                at = match.end()
                if number not in matched:
                    matched.append(number)
                break
            number, at = number + 1, 0
        if number == len(texts):
            expect(what, pattern, "\n".join(texts), False)
            break
    return matched


def _lines(state: dict[str, State]) -> list[str]:
    return [f"{name} {value}" for name, value in sorted(state.items())]
