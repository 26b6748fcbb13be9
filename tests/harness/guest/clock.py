# SPDX-License-Identifier: GPL-2.0
"""How fast a guest's clock runs: its kernel need not find that out.

An emulated processor shows the host's time stamp counter, if it has one. Where the host is busy a
kernel that measures it at boot may be wrong by a factor: its time then flies, and it reports stalls
and lockups that are none, or never comes up. So does a kernel that measures how long a wait takes:
on the second processor its udelay() may then return at once.
"""

import functools

from ..host import cache
from ..host.paths import BUILD, TOP
from ..host.run import run
from ..kernels import architectures
from ..kernels.kernel import Kernel

_SOURCE = TOP / "tests/harness/guest/tsckhz.c"
# A clock that counts instructions, a nanosecond each, is that counter's, too.
_INSTRUCTIONS = "icount"
_NANOSECONDS = 1000000


def arguments(kernel: Kernel, accelerator: str) -> str:
    """Return what a guest's kernel is told of its clock.

    Raises HarnessError where the program that measures cannot be built or run.
    """
    words = kernel.architecture.early_clock
    if not words or accelerator not in ("tcg", _INSTRUCTIONS):
        return ""
    is_hosts = accelerator != _INSTRUCTIONS and architectures.host().has_counter
    khz = _measured() if is_hosts else _NANOSECONDS
    return words.format(khz=khz, tick=khz * 1000 // kernel.ticks)


@functools.cache
def _measured() -> int:
    program = BUILD / "tsckhz"
    with cache.lock(program.with_suffix(".lock")):
        if not program.exists() or program.stat().st_mtime < _SOURCE.stat().st_mtime:
            run(["gcc", "-O2", "-o", program, _SOURCE], "build what measures the host's clock")
    return int(run([program], "measure the time stamp counter"))
