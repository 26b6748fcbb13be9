# SPDX-License-Identifier: GPL-2.0
"""What is loaded and who uses it, as lsmod, /proc/modules and sysfs tell it."""

from dataclasses import dataclass

from .vm import VM


@dataclass(frozen=True)
class State:
    """One module: its reference count, those who use it (sorted), and its initstate."""

    refcnt: int
    users: tuple[str, ...] = ()
    initstate: str = "live"


def states(vm: VM) -> dict[str, State]:
    """Return the state of every loaded module.

    Raises AssertionError where lsmod, /proc/modules and /sys/module tell different stories.
    """
    of_proc = {name: State(module.refcnt, tuple(sorted(module.users)), module.state.lower())
               for name, module in vm.modules().items()}
    assert _lsmod(vm) == {name: (state.refcnt, state.users) for name, state in of_proc.items()}
    for name, state in of_proc.items():
        assert _sysfs(vm, name) == state, f"/sys/module/{name}"
    return of_proc


def _lsmod(vm: VM) -> dict[str, tuple[int, tuple[str, ...]]]:
    found = {}
    for line in vm.run("lsmod", check=True).out.splitlines()[1:]:
        name, _, refcnt, *users = line.split()
        found[name] = (int(refcnt), tuple(sorted(users[0].split(",")) if users else ()))
    return found


def _sysfs(vm: VM, name: str) -> State:
    out = vm.sh(f"cd /sys/module/{name}; cat refcnt initstate; ls holders").split()
    return State(int(out[0]), tuple(sorted(out[2:])), out[1])
