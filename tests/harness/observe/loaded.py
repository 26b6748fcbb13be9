# SPDX-License-Identifier: GPL-2.0
"""What is loaded and who uses it, as lsmod, /proc/modules and sysfs tell it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..guest.vm import VM

# What /proc/modules calls what sysfs has in initstate.
_INITSTATES = {"Live": "live", "Loading": "coming", "Unloading": "going"}
_PERMANENT = "[permanent]"


@dataclass(frozen=True)
class Module:
    """A line of /proc/modules."""

    size: int
    refcnt: int
    users: tuple[str, ...]
    state: str
    taint: str


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


def modules(vm: VM) -> dict[str, Module]:
    """Return what is in /proc/modules."""
    found = {}
    for line in vm.read("/proc/modules").splitlines():
        name, size, refcnt, users, state, _, *taint = line.split()
        names = tuple(user for user in users.split(",") if user not in ("", "-"))
        # After the taint stands + or - where the module comes or goes.
        found[name] = Module(int(size), int(refcnt), names, state, "".join(taint).strip("()+-"))
    return found


def states(vm: VM) -> dict[str, State]:
    """Return the state of every loaded module; one without an exit has the user "[permanent]".

    Raises AssertionError where lsmod, /proc/modules and /sys/module tell different stories.
    """
    listed = modules(vm)
    of_sysfs = _sysfs(vm, list(listed))
    of_lsmod = _lsmod(vm)
    found = {}
    for name, module in listed.items():
        found[name] = State(module.refcnt, tuple(sorted(module.users)),
                            _INITSTATES[module.state], module.taint)
        # Only /proc/modules says that one is permanent, and adds what only its init needs.
        named = tuple(user for user in found[name].users if user != _PERMANENT)
        core, init, of_file = of_sysfs[name]
        assert (core + init, of_file) == (module.size, replace(found[name], users=named)), (
            f"/sys/module/{name}")
        assert of_lsmod[name] == (core, module.refcnt, named), f"lsmod of {name}"
    assert set(of_lsmod) == set(listed), "lsmod"
    return found


def _lsmod(vm: VM) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    found = {}
    for line in vm.run("lsmod", check=True).out.splitlines()[1:]:
        name, size, refcnt, *users = line.split()
        found[name] = (int(size), int(refcnt),
                       tuple(sorted(users[0].split(",")) if users else ()))
    return found


def _sysfs(vm: VM, names: list[str]) -> dict[str, tuple[int, int, State]]:
    """Return sizes, what init has besides, and states. No command each: that takes a while."""
    script = ('for name; do cd /sys/module/$name/holders; set -- *; cd ..; read core < coresize; '
              'read init < initsize; read refcnt < refcnt; read state < initstate; '
              'read taint < taint; echo $name $core $init $refcnt $state =$taint ${@#"*"}; done')
    out = vm.run("sh", "-ec", script, "sh", *names, check=True).out
    found = {}
    for line in out.splitlines():
        name, core, init, refcnt, initstate, taint, *holders = line.split()
        state = State(int(refcnt), tuple(sorted(holders)), initstate, taint[1:])
        found[name] = int(core), int(init), state
    return found
