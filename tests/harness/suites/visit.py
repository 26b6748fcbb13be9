# SPDX-License-Identifier: GPL-2.0
"""One module loaded with what it needs, looked at, and unloaded in both ways.

Modules come in the order of the graph: what a module needs was tried before it, so that what goes
wrong now is its own.
"""

import re
from collections.abc import Iterable

from ..observe.tracepoints import Event
from ..observe.transcript import Entry
from . import errors, graph
from .attempt import Attempt
from .release import await_release, users_of
from .stay import Stay
from .verdict import FAIL, SKIP

_MOST = 6
_PERMANENT = "[permanent]"
# delete_module()'s flag, as rmmod has it: O_NONBLOCK.
_NONBLOCK = "2048"
_IN_USE = re.compile(r"is in use by:? (.*)|is in use")


def visit(attempt: Attempt, module: str) -> None:
    """Try a module; what comes of it is kept."""
    unloadable = [need for need in attempt.must_have(module) if need in attempt.unloadable]
    if unloadable:
        why = f"needs {unloadable[0]}, which {attempt.unloadable[unloadable[0]]}"
        attempt.unloadable[module] = f"needs {unloadable[0]}, which does not load"
        attempt.give(SKIP, "loads", module, why)
        return
    attempt.say(module)
    steps = _Visit(attempt, module)
    if not attempt.inside("loads", module, steps.load) and not attempt.has("loads", module):
        return
    lost = attempt.results.of("loads", module)
    if lost and lost.status == FAIL:
        attempt.unloadable.setdefault(module, lost.reason.splitlines()[0])
    if module in attempt.unloadable:
        attempt.supply.spoil()
        return
    if attempt.inside("removes", module, steps.remove) and module not in attempt.stuck:
        _again(attempt, module, steps)
    if not steps.clean:
        attempt.supply.spoil()


def _again(attempt: Attempt, module: str, steps: "_Visit") -> None:
    once = [need for need in attempt.needs(module) if need in attempt.once]
    if once:
        attempt.give(SKIP, "reloads", module, f"needs {once[0]}, which does not load again")
    else:
        attempt.inside("reloads", module, steps.reload)


class _Visit:
    """What is done with one module; `clean` tells that the guest is still as good as new.

    What is left cannot be told where another module `stays` loaded. `asked` are the names and the
    aliases that the kernel asked for at its load.
    """

    def __init__(self, attempt: Attempt, module: str) -> None:
        self._attempt = attempt
        self._module = module
        self.clean = True
        self._stays = ""
        self._others: set[str] = set()
        self._asked: set[str] = set()

    # Loading.

    def load(self, stay: Stay) -> None:
        """Load it, and look at what the kernel has to say."""
        attempt, module = self._attempt, self._module
        stay.log()
        stay.take_transcript()
        said, events = attempt.supply.load(stay, module)
        there = stay.live()
        stay.show(events)
        wrong = self._trouble(stay)
        transcript = stay.take_transcript()
        if module not in there:
            self._refused(stay, said.out, said.status, wrong, transcript)
            return
        early = _out_of_order(attempt, module, events)
        if early:
            attempt.give(FAIL, "loads", module, early, transcript)
        else:
            attempt.passed("loads", module, _order(events), transcript)
        self._others = set(there) - stay.at_first - {module}
        self._asked = {event.module for event in events if event.name == "request"}
        self._users(stay)
        self._held(stay)

    def _refused(self, stay: Stay, out: str, status: int, wrong: list[str],
                 transcript: tuple[Entry, ...]) -> None:
        attempt, module = self._attempt, self._module
        name = errors.of(out)
        words = (out.strip().splitlines() or [""])[-1]
        if module in stay.modules():
            words = f"its init does not come back: {words or f'exit status {status}'}"
        elif not status:
            # modprobe takes "is there already" for success, whoever says it.
            name = stay.call("finit_module", attempt.path(module), "0", "")
            transcript = (*transcript, *stay.take_transcript())
            words = f"modprobe says nothing, and it is not loaded: its init returns {name}"
        log = "\n".join(entry.output for entry in transcript if entry.kind == "log")
        if name in errors.NO_DEVICE and not wrong:
            attempt.unloadable[module] = "found no such device"
            attempt.give(SKIP, "loads", module, f"no such device: {words}", transcript, log)
            self._left_by_refused(stay)
            return
        said = f"{words} ({name})" if name and name not in words else words
        kernel = _kernels_words(log, module)
        attempt.unloadable[module] = "does not load"
        attempt.give(FAIL, "loads", module, "\n".join(filter(None, (said, kernel))), transcript,
                     log)
        if module not in stay.modules():
            self._left_by_refused(stay)

    def _left_by_refused(self, stay: Stay) -> None:
        """See that an init that gave up has undone what it did."""
        if not stay.clear():
            self._nothing_left(stay)

    def _trouble(self, stay: Stay, at: str = "at its load") -> list[str]:
        """Blame it for what it has the kernel say; return that."""
        wrong = self._attempt.new(stay.trouble())
        if wrong:
            self.clean = False
            self._attempt.give(FAIL, "log", self._module, f"{at}: {_cut(wrong)}",
                               tuple(stay.transcript), "\n".join(wrong))
        elif not self._attempt.has("log", self._module):
            self._attempt.passed("log", self._module)
        return wrong

    # What the kernel shows of it, and what it refuses.

    def _users(self, stay: Stay) -> None:
        attempt, module = self._attempt, self._module
        needs = attempt.built_needs(module)
        if not needs:
            return
        there, holders = stay.modules(), stay.holders()
        stay.type("lsmod")
        missing = [f"lsmod has {module} not as a user of {need}" for need in needs
                   if need in there and module not in there[need].users]
        missing += [f"/sys/module/{need}/holders has no {module}" for need in needs
                    if need in there and module not in holders.get(need, ())]
        transcript = stay.take_transcript()
        if missing:
            attempt.give(FAIL, "users", module, _cut(missing), transcript)
        else:
            attempt.passed("users", module, "used by it: " + ", ".join(needs), transcript)

    def _held(self, stay: Stay) -> None:
        """What it needs of the suite is not unloaded while it is there."""
        attempt, module = self._attempt, self._module
        for need in attempt.built_needs(module):
            if need not in attempt.needs(module) or attempt.has("held", need):
                continue
            number = stay.call("delete_module", need, _NONBLOCK)
            said = stay.type(f"rmmod {need}")
            transcript = stay.take_transcript()
            names = re.findall(r"[\w-]+", said.out.partition("in use by")[2])
            if number not in ("EAGAIN", "EWOULDBLOCK") or not said.status:
                attempt.give(FAIL, "held", need, f"{module} uses it, and delete_module() of it "
                             f"gives {number}, rmmod says: {said.words}", transcript)
            elif module not in names:
                attempt.give(FAIL, "held", need, f"rmmod does not name {module}: {said.words}",
                             transcript)
            else:
                attempt.passed("held", need, said.last, transcript)

    # Unloading.

    def remove(self, stay: Stay) -> None:
        """Unload it by modprobe -r, with what it needs, and see that nothing is left."""
        attempt, module = self._attempt, self._module
        said = stay.type(f"modprobe -r {module}")
        there = stay.modules()
        waited = ""
        if module in there and _PERMANENT not in there[module].users:
            waited = await_release(stay, module)
            there = stay.modules()
        self._trouble(stay, "at its unload")
        transcript = tuple(stay.transcript)
        if module not in there:
            attempt.passed("removes", module, waited, transcript)
            self._see_others(stay, there)
            self._nothing_left(stay)
            return
        self.clean = False
        if _PERMANENT in there[module].users:
            attempt.stuck[module] = "has no exit function"
            attempt.give(SKIP, "removes", module, "has no exit function: it stays loaded until "
                         "the next boot", transcript)
            return
        attempt.stuck[module] = "does not unload"
        told = users_of(stay, there, module)
        attempt.give(FAIL, "removes", module, f"{said.words}\n{told}".strip(), transcript)

    def _see_others(self, stay: Stay, there: Iterable[str]) -> None:
        """Of what came along, see that it went along, or goes when it is told to.

        That is for the kernel's own to do, and for what it needs: of a chain, modprobe -r of kmod
        30 and later leaves all but the first two. Also for what an alias stands for: who asks for
        "crypto-aes" gets whichever module has it, and cannot name it to unload it.
        """
        attempt, module = self._attempt, self._module
        # The newest is the first.
        stayed = [name for name in there if name in self._others]
        if not stayed:
            return
        rest = stay.clear()
        ours = {known.name for known in attempt.built.modules}
        asked = graph.aliased(attempt.built, self._asked)
        free = {*asked, *(need for name in (module, *asked) for need in attempt.must_have(name))}
        wrong = [name for name in stayed if name in ours and (name in rest or name not in free)]
        for name in wrong if attempt.stuck.keys().isdisjoint(attempt.needs(module)) else ():
            attempt.give(FAIL, "left", module, f"the module {name} of the suite stays loaded: "
                         f"{module} had it loaded, and modprobe -r {module} does not unload it",
                         tuple(stay.transcript))
        self._stays = " ".join(sorted(rest))
        self.clean = self.clean and not self._stays

    def _nothing_left(self, stay: Stay) -> None:
        attempt, module = self._attempt, self._module
        if self._stays:
            attempt.give(SKIP, "left", module, f"cannot be told: {self._stays} stays loaded")
            return
        left = attempt.new(stay.left())
        stay.say(f"[what is left of it: {'; '.join(left) or 'nothing'}]")
        transcript = stay.take_transcript()
        if left:
            self.clean = False
            attempt.give(FAIL, "left", module, _cut(left), transcript)
        else:
            attempt.passed("left", module, transcript=transcript)

    def reload(self, stay: Stay) -> None:
        """Load it again, and unload all in the reverse order of their loads by rmmod."""
        attempt, module = self._attempt, self._module
        stay.forget_events()
        said = stay.type(f"modprobe {module}")
        events, there = stay.events(), stay.live()
        wrong = self._trouble(stay, "when it was loaded again")
        if module not in there:
            number = ""
            words = said.words
            if not said.status:
                number = stay.call("finit_module", attempt.path(module), "0", "")
                words = f"its init returns {number}"
            attempt.give(FAIL, "reloads", module, f"does not load again: {words}",
                         stay.take_transcript(), "\n".join([*wrong, errors.words(number)]))
            attempt.once.add(module)
            self.clean = False
            return
        known = {one.name for one in attempt.built.modules}
        ours = [name for name in _lived(attempt, module, events) if name in there and name in known]
        for name in (name for name in reversed(ours) if name not in attempt.stuck):
            said = stay.type(f"rmmod {name}")
            if said.status and not await_release(stay, name, f"rmmod {name}"):
                attempt.give(FAIL, "reloads", name, said.words, stay.take_transcript())
                self.clean = False
                return
        self._trouble(stay, "when it was unloaded again")
        attempt.passed("reloads", module, "rmmod " + " ".join(reversed(ours)),
                       stay.take_transcript())
        stay.clear()
        self._nothing_left(stay)


def _order(events: Iterable[Event]) -> str:
    return ", ".join(dict.fromkeys(event.module for event in events if event.name == "load"))


def _lived(attempt: Attempt, module: str, events: Iterable[Event]) -> list[str]:
    """Return what was loaded, in the order in which the inits ended.

    What a module asks for in its init is loaded after it, and is there before it.
    """
    order: list[str] = []
    asks = False
    for event in events:
        asks |= event.name == "request" and module in order
        if event.name == "load" and event.module not in order:
            is_asked = asks and module not in attempt.needs(event.module)
            at = order.index(module) if is_asked else len(order)
            order.insert(at, event.module)
    return order


def _out_of_order(attempt: Attempt, module: str, events: Iterable[Event]) -> str:
    """Return what was loaded before what it needs, or nothing."""
    loads = [event.module for event in events if event.name == "load"]
    for name in (*attempt.must_have(module), module):
        if name not in loads:
            return f"the kernel told of no load of {name}"
        for need in attempt.built_needs(name):
            if need in loads and loads.index(need) > loads.index(name):
                return f"{name} was loaded before {need}, which it needs"
    return ""


def _kernels_words(log: str, module: str) -> str:
    """Return what the kernel's log says in the name of a module."""
    lines = [line.partition(": ")[2] for line in log.splitlines()
             if re.search(rf"\b{re.escape(module)}: ", line) and "taint" not in line]
    return "\n".join(lines[-_MOST:])


def _cut(lines: list[str]) -> str:
    more = len(lines) - _MOST
    return "\n".join(lines[:_MOST] + ([f"and {more} more"] if more > 0 else []))
