# SPDX-License-Identifier: GPL-2.0
"""How fast a guest's clock runs: its kernel need not find that out.

An emulated processor shows the host's time stamp counter. Where the host is busy a kernel that
measures it at boot may be wrong by a factor: its time then flies, and it reports stalls and lockups
that are none, or never comes up.
"""

import functools

from ..host.run import run
from . import helpers

_MEASURE = "tsckhz"
# A clock that counts instructions, a nanosecond each, is that counter's, too.
_INSTRUCTIONS = "icount"


@functools.cache
def arguments(accelerator: str) -> str:
    """Return what a guest's kernel is told of its clock.

    Raises HarnessError where the program that measures cannot be built or run.
    """
    if accelerator == _INSTRUCTIONS:
        return "tsc_early_khz=1000000"
    if accelerator != "tcg":
        return ""
    program = next(path for path in helpers.built() if path.name == _MEASURE)
    return f"tsc_early_khz={run([program], 'measure the time stamp counter').strip()}"
