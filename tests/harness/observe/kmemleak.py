# SPDX-License-Identifier: GPL-2.0
"""What was allocated in a guest and nothing points to any more, as the kernel itself finds it.

It can do so with CONFIG_DEBUG_KMEMLEAK only.
"""

import re

from ..guest.vm import VM

_KMEMLEAK = "/sys/kernel/debug/kmemleak"
# A scan passes over what is younger than five seconds, or has changed since the scan before. No
# event tells that something has grown old: it is the guest's own clock that is waited for.
_SCAN = f"echo scan > {_KMEMLEAK}; sleep 6; echo scan > {_KMEMLEAK}; cat {_KMEMLEAK}"
# A scan looks at every word of the kernel's memory.
_TIMEOUT = 120.0
# A mark before any command of ours: all that runs in the kernel has come before.
FIRST = 100


def mark(vm: VM) -> int:
    """Return what found() takes, to tell what was allocated from now on."""
    return int(vm.sh("echo $$"))


def found(vm: VM, since: int) -> list[str]:
    """Return what was lost by processes that began since a mark: its size, who allocated it.

    The kernel loses some at boot; that is its own.
    Raises HarnessError where the kernel does not look for it, or has given up.
    """
    _, *lost = vm.sh(_SCAN, timeout=_TIMEOUT).split("unreferenced object ")
    pids = {what: re.search(r"comm .*, pid (\d+), jiffies", what) for what in lost}
    return [what for what, pid in pids.items() if not pid or int(pid[1]) >= since]
