# SPDX-License-Identifier: GPL-2.0
"""What was allocated in a guest and nothing points to any more, as the kernel itself finds it.

It can do so with CONFIG_DEBUG_KMEMLEAK only.
"""

from .vm import VM

_KMEMLEAK = "/sys/kernel/debug/kmemleak"
# A scan passes over what is younger than five seconds, or has changed since the scan before. No
# event tells that something has grown old: it is the guest's own clock that is waited for.
_SCAN = f"echo scan > {_KMEMLEAK}; sleep 6; echo scan > {_KMEMLEAK}; cat {_KMEMLEAK}"
# Who allocates before there is a first program: what the kernel itself loses at boot is its own.
_BOOT = 'comm "swapper/0"'
# A scan looks at every word of the kernel's memory.
_TIMEOUT = 120.0


def found(vm: VM) -> list[str]:
    """Return what was lost since the guest's first program: of each its size, and who allocated it.

    Raises HarnessError where the kernel does not look for it, or has given up.
    """
    _, *lost = vm.sh(_SCAN, timeout=_TIMEOUT).split("unreferenced object ")
    return [what for what in lost if _BOOT not in what]
