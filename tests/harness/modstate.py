# SPDX-License-Identifier: GPL-2.0
"""What is loaded and who uses it, as lsmod, /proc/modules and sysfs tell it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .vm import VM

# What /proc/modules calls what sysfs has in initstate.
_INITSTATES = {"Live": "live", "Loading": "coming", "Unloading": "going"}
_PERMANENT = "[permanent]"


@dataclass(frozen=True)
class State:
    """One module: its reference count, those who use it (sorted), its initstate and its taint."""

    refcnt: int
    users: tuple[str, ...] = ()
    initstate: str = "live"
    taint: str = "OE"

    def __str__(self) -> str:
        more = [] if self.initstate == "live" else [f"initstate={self.initstate}"]
        more += [] if self.taint == "OE" else [f"taint={self.taint}"]
        return " ".join([str(self.refcnt), ",".join(self.users), *more]).strip()


def parse_specs(specs: Sequence[str]) -> dict[str, State]:
    """Return the states that specs stand for: "NAME REFCNT[ USER,USER][ FIELD=VALUE]..."."""
    found = {}
    for spec in specs:
        name, refcnt, *rest = spec.split()
        fields = dict(word.split("=") for word in rest if "=" in word)
        users = [word for word in rest if "=" not in word]
        found[name] = State(int(refcnt), tuple(sorted(users[0].split(","))) if users else (),
                            **fields)
    return found


def states(vm: VM) -> dict[str, State]:
    """Return the state of every loaded module; one without an exit has the user "[permanent]".

    Raises AssertionError where lsmod, /proc/modules and /sys/module tell different stories.
    """
    of_proc = {name: State(module.refcnt, tuple(sorted(module.users)), _INITSTATES[module.state],
                           module.taint)
               for name, module in vm.modules().items()}
    assert _lsmod(vm) == {name: (state.refcnt, state.users) for name, state in of_proc.items()}
    of_sysfs = _sysfs(vm, list(of_proc))
    for name, state in of_proc.items():
        holders = tuple(user for user in state.users if user != _PERMANENT)
        assert of_sysfs[name] == replace(state, users=holders), f"/sys/module/{name}"
    return of_proc


def _lsmod(vm: VM) -> dict[str, tuple[int, tuple[str, ...]]]:
    found = {}
    for line in vm.run("lsmod", check=True).out.splitlines()[1:]:
        name, _, refcnt, *users = line.split()
        found[name] = (int(refcnt), tuple(sorted(users[0].split(",")) if users else ()))
    return found


def _sysfs(vm: VM, names: list[str]) -> dict[str, State]:
    """One shell for all of them, which starts nothing more: each command takes a while."""
    script = ('for name; do cd /sys/module/$name/holders; set -- *; cd ..; '
              'read refcnt < refcnt; read state < initstate; read taint < taint; '
              'echo $name $refcnt $state =$taint ${@#"*"}; done')
    out = vm.run("sh", "-ec", script, "sh", *names, check=True).out
    found = {}
    for line in out.splitlines():
        name, refcnt, initstate, taint, *holders = line.split()
        found[name] = State(int(refcnt), tuple(sorted(holders)), initstate, taint[1:])
    return found
