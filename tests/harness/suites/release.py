# SPDX-License-Identifier: GPL-2.0
"""A module that is in use: waited for until it is given back, or else who has it."""

import re
import time
from collections.abc import Mapping

from ..host.errors import GuestError
from ..observe.loaded import Module
from ..observe.tracepoints import TRACING
from .stay import Stay

# What a module's user gives back later is given back within this: it waits for work, or for RCU.
RELEASE_SECONDS = 5.0
_INSTANCE = f"{TRACING}/instances/release"
# No cat: busybox's would have the pipe for itself while it waits, and with it the agent.
_FOLLOW = ("dd", "bs=4096", f"if={_INSTANCE}/trace_pipe")
# Of processes that are not the agent's own, files that a module may be behind.
_OPEN = ("for fd in /proc/[0-9]*/fd/*; do file=$(readlink $fd); case $file in "
         "/dev/null|/dev/console|/dev/tty*|/dev/hvc*|/proc/[0-9]*/fd) ;; /dev/*|/proc/*|/sys/*) "
         "echo $(cat ${fd%/fd/*}/comm) ${fd%/fd/*} $file;; esac; done 2> /dev/null")


def await_release(stay: Stay, module: str, command: str = "") -> str:
    """Unload a module, by modprobe -r or a command, as soon as its references are given back.

    The kernel tells of each that is. Returns how long it took, or nothing where the time was up.
    """
    command = command or f"modprobe -r {module}"
    stay.vm.sh(f"mkdir -p {_INSTANCE}; echo 1 > {_INSTANCE}/events/module/module_put/enable")
    watch = stay.vm.start(*_FOLLOW)
    began = time.monotonic()
    try:
        seen = 0
        while stay.type(command).status:
            left = RELEASE_SECONDS - (time.monotonic() - began)
            given = rf"(?:.*module_put: {re.escape(module)} .*\n[^\0]*?){{{seen + 1}}}"
            if left <= 0:
                return ""
            try:
                watch.expect(given, left)
            except GuestError:
                return ""
            seen += 1
        return f"after {time.monotonic() - began:.1f} s, as its users gave it back"
    finally:
        watch.kill()
        watch.wait()
        stay.vm.sh(f"rmdir {_INSTANCE}")


def users_of(stay: Stay, there: Mapping[str, Module], module: str) -> str:
    """Return who has a module in use, as far as anything tells."""
    state = there[module]
    holders = ", ".join(state.users)
    if state.refcnt <= len(state.users):
        return f"in use by {holders}" if holders else "nothing has it in use"
    rest = state.refcnt - len(state.users)
    some = f"{rest} reference{'' if rest == 1 else 's'}"
    opened = stay.type(_OPEN).out.split("\n")
    told = [f"{line.split()[0]} has {line.split()[-1]} open" for line in opened
            if len(line.split()) == 3]
    who = "; ".join(told) or "nothing shows who took it, or that it was given back"
    return (f"in use by {holders}, and " if holders else "") + f"{some} without a holder: {who}"
