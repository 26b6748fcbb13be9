# SPDX-License-Identifier: GPL-2.0
"""Taking the steps of a behaviour: a function a kind of step, in PLAYED.

Each compares what it sees with what the step declares, by expect(), and leaves in the trial's
transcript what a person would have seen.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from ..host.errors import HarnessError
from ..observe.expect import expect
from ..observe.functions import FunctionTrace, traceable
from ..observe.loaded import State, parse_specs, states
from ..observe.transcript import Entry
from .steps import (Await, BootInto, Call, Cmd, Events, Host, Loaded, Note, Send, Stage, Step,
                    Traced, Typed)
from .trial import Trial


def take(step: Step, trial: Trial) -> None:
    """Do what a step says; raises Mismatch where something other comes of it than is declared."""
    PLAYED[type(step)](step, trial)


def _note(step: Note, trial: Trial) -> None:
    trial.transcript.append(Entry("note", step.text))


def _cmd(step: Cmd, trial: Trial) -> None:
    since = trial.vm.log_end() if step.log else 0
    out, status = trial.shell.type(step.command, step.timeout)
    trial.transcript.append(Entry("guest", step.command, out, status))
    judge(step, out, status)
    if step.log:
        _judge_log(trial, step.log, since)


def _traced(step: Traced, trial: Trial) -> None:
    stages = _by_function(step.path, trial)
    with FunctionTrace(trial.vm, trial.shell.pid, list(stages)) as trace:
        out, status = trial.shell.type(step.command, step.timeout)
        passed = list(dict.fromkeys(trace.read()))
    width = max(map(len, stages)) + 2
    lines = [f"{name:{width}}{stages[name].what}" for name in passed]
    trial.transcript += [Entry("guest", step.command, out, status),
                         Entry("trace", "[function tracer]", "\n".join(lines))]
    judge(step, out, status)
    expected = _until(step, stages)
    expect("functions", expected, passed, expected == passed)


def _by_function(path: Sequence[Stage], trial: Trial) -> dict[str, Stage]:
    """Return the stages by the functions that they are known by in the guest's kernel.

    Raises HarnessError where it can trace none of a stage's that must be seen.
    """
    known = traceable(trial.vm, [name for stage in path for name in stage.functions])
    stages = {}
    for stage in path:
        name = next((name for name in stage.functions if name in known), "")
        if name:
            stages[name] = stage
        elif not stage.unseen:
            raise HarnessError(f"the guest's kernel can trace none of {stage.functions}: "
                               f'give the stage "{stage.what}" one that it can')
    return stages


def _until(step: Traced, stages: dict[str, Stage]) -> list[str]:
    """Return the functions that a step is to come to, of those that are to be seen."""
    whats = [stage.what for stage in step.path]
    end = whats.index(step.until) + 1 if step.until else len(whats)
    return [name for name, stage in stages.items() if stage in step.path[:end]]


def _host(step: Host, trial: Trial) -> None:
    out, status = trial.host.type(step.command, step.timeout)
    trial.transcript.append(Entry("host", step.command, out, status))
    judge(step, out, status)


def _send(step: Send, trial: Trial) -> None:
    for path in step.paths:
        trial.send(path)
    names = ", ".join(step.paths)
    trial.transcript.append(Entry("send", f"[to the guest: {names}]"))


def _boot_into(step: BootInto, trial: Trial) -> None:
    trial.boot_into(step.initrd)
    trial.transcript.append(Entry("send", f"[booted anew, with {step.initrd}]"))


def _call(step: Call, trial: Trial) -> None:
    since = trial.vm.log_end() if step.log else 0
    arguments = [trial.in_guest(step.arguments[0]), *step.arguments[1:]]
    seen = trial.vm.call(step.name, *arguments)
    result = "0" if seen == "0" else f"-1 {seen}"
    trial.transcript.append(Entry("call", f"{step.title} = {result}"))
    expect("errno", step.errno, seen, step.errno == seen)
    if step.log:
        _judge_log(trial, step.log, since)


def _loaded(step: Loaded, trial: Trial) -> None:
    out, status = trial.shell.type("lsmod", 30)
    trial.transcript.append(Entry("guest", "lsmod", out, status))
    expected, seen = parse_specs(step.specs), states(trial.vm)
    expect("modules loaded", _lines(expected), _lines(seen), expected == seen)


def _await(step: Await, trial: Trial) -> None:
    record = trial.await_log(step.pattern, step.timeout)
    trial.transcript.append(Entry("log", str(record)))


def _events(step: Events, trial: Trial) -> None:
    events = trial.events()
    seen = [str(event) for event in events]
    lines = "\n".join(event.line() for event in events)
    trial.transcript.append(Entry("trace", "[tracepoints]", lines))
    expect("events", list(step.specs), seen, list(step.specs) == seen)


# Each is given a step of its kind.
PLAYED: dict[type[Step], Callable[[Any, Trial], None]] = {
    Note: _note,
    Cmd: _cmd,
    Traced: _traced,
    Host: _host,
    Send: _send,
    BootInto: _boot_into,
    Call: _call,
    Loaded: _loaded,
    Await: _await,
    Events: _events,
}


def judge(step: Typed, out: str, status: int) -> None:
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
