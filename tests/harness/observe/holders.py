# SPDX-License-Identifier: GPL-2.0
"""Processes that a guest holds for as long as a test looks: in states, of names, in numbers."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from ..guest.vm import VM

# Makes a command process 1 of a pid namespace with a /proc of its own.
OWN_NAMESPACE = ("unshare", "-p", "-f", "--mount-proc")


def hexname(name: bytes) -> str:
    """Return `name` as the guest's program `tasks` takes it."""
    return name.hex()


@dataclass(frozen=True)
class Held:
    """Processes that a program of the guest's holds.

    `pid` is the program's own, `children` has (state letter, pid) in the order asked for, `proc`
    is the mount whose numbers these are.
    """

    pid: int
    children: tuple[tuple[str, int], ...]
    proc: str

    @property
    def pids(self) -> list[int]:
        """The children's pids."""
        return [pid for _, pid in self.children]


def held(vm: VM, name: bytes, *specs: tuple[str, bytes], own_namespace: bool = False
         ) -> AbstractContextManager[Held]:
    """A context in which `tasks` called `name` holds children in (state, name).

    With `own_namespace` it is process 1 of a pid namespace and has a mount of /proc for it; nothing
    in there runs but what is held, so that all that is to be seen there stands still.
    """
    words = [f"{state}:{hexname(child)}" for state, child in specs]
    return _hold(vm, ["tasks", hexname(name), *words], own_namespace)


def crowd(vm: VM, number: int, own_namespace: bool = False) -> AbstractContextManager[Held]:
    """A context with `number` cheap children of a process that is called "crowd", as they are."""
    return _hold(vm, ["crowd", str(number)], own_namespace)


# A job is a process group, whose number is its first process's: that one leaves another behind.
_LEADERLESS = ("set -m; sh -c 'sleep 999999 &' & wait $!; echo G $!; echo ready;"
               " read; kill -- -$!")


def leaderless_group(vm: VM) -> AbstractContextManager[Held]:
    """A context, in a pid namespace of its own, with a process group whose leader is gone.

    A shell is process 1 there, and one process is left of the group; its number is in `pids`.
    """
    return _hold(vm, ["bash", "-c", _LEADERLESS], own_namespace=True)


@contextmanager
def _hold(vm: VM, argv: list[str], own_namespace: bool) -> Iterator[Held]:
    job = vm.start(*(OWN_NAMESPACE if own_namespace else ()), *argv)
    try:
        lines = job.expect(r"\A([\w\s]*)ready\n")[1].splitlines()
        children = tuple((state, int(pid)) for state, pid in map(str.split, lines))
        if own_namespace:
            outside = vm.read(f"/proc/{job.pid}/task/{job.pid}/children").strip()
            yield Held(1, children, f"/proc/{outside}/root/proc")
        else:
            yield Held(job.pid, children, "/proc")
    finally:
        job.finish()
