# SPDX-License-Identifier: GPL-2.0
"""Which of the kernel's functions a process comes to: by the kernel's own function tracer."""

import re
from collections.abc import Sequence

from ..guest.vm import VM
from ..host.errors import HarnessError
from .tracepoints import TRACING

_INSTANCE = f"{TRACING}/instances/functions"
# A function, by its caller, or the end of a system call, of a process by its number.
_CAME = re.compile(r"^ *\S.*-(\d+) +\[.*: (?:(\w\S*) <-|sys_exit: )", re.MULTILINE)


def traceable(vm: VM, names: Sequence[str]) -> set[str]:
    """Return those of the functions that the guest's kernel can trace.

    It cannot where the compiler has put a function into its callers, or where it has no such one.
    """
    # A module's function has the module's name after its own.
    there = vm.sh(f"cut -d ' ' -f 1 {TRACING}/available_filter_functions | "
                  f"grep -xE '{'|'.join(names)}' || true")
    return set(there.split())


class FunctionTrace:
    """A context in which is recorded to which functions a process comes, and those that it starts.

    Those count that a system call comes to, from the first of them on.
    Raises HarnessError where the kernel cannot trace one of them.
    """

    def __init__(self, vm: VM, pid: int, functions: Sequence[str]) -> None:
        self._vm = vm
        self._pid = pid
        self._functions = functions

    def __enter__(self) -> "FunctionTrace":
        self._vm.sh(f"mkdir {_INSTANCE}; cd {_INSTANCE}; "
                    "echo 1 > options/function-fork; echo 1 > options/event-fork; "
                    f"echo {self._pid} > set_ftrace_pid; echo {self._pid} > set_event_pid; "
                    f"echo {' '.join(self._functions)} > set_ftrace_filter; "
                    "echo function > current_tracer; echo 1 > events/raw_syscalls/sys_exit/enable")
        return self

    def __exit__(self, *_: object) -> None:
        self._vm.sh(f"cd {_INSTANCE}; echo nop > current_tracer; cd ..; rmdir functions")

    def read(self) -> list[str]:
        """Return the functions, each time that one was come to, until the system call returned.

        Raises HarnessError where the kernel had no room for all of them.
        """
        text = self._vm.read(f"{_INSTANCE}/trace")
        counts = re.search(r"entries-in-buffer/entries-written: (\d+)/(\d+)", text)
        if counts and counts[1] != counts[2]:
            raise HarnessError("the guest's trace buffer was too small for its functions")
        return self._within(_CAME.findall(text))

    def _within(self, came: list[tuple[str, str]]) -> list[str]:
        """Return the functions of the process that made the call, from that on to its end."""
        caller = next((pid for pid, function in came if function == self._functions[0]), "")
        functions = [function for pid, function in came if pid == caller]
        if not functions:
            return []
        functions = functions[functions.index(self._functions[0]):]
        return functions[:functions.index("")] if "" in functions else functions
