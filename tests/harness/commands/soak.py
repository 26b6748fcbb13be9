# SPDX-License-Identifier: GPL-2.0
"""make soak: for minutes the modules are loaded, read and unloaded while tasks come and go."""

import sys
import time

from ..guest.programs import STRESS_NG
from ..guest.vm import VM
from ..host.errors import HarnessError
from ..host.progress import is_terminal, say
from ..soak import course, soak
from . import chosen, told

_MINUTES = 10.0


def main() -> int:
    """Soak a guest for the environment's MINUTES; return 0.

    Raises HarnessError where that is no number, or where something was not as it should be.
    """
    seconds = 60 * _minutes()
    rounds = max(2, round(seconds / course.ROUND_SECONDS))
    parts = chosen.parts()
    program = STRESS_NG.files(parts.kernel.architecture, parts.kernel.userland)
    with VM(parts, files=program) as guest:
        began = time.monotonic()
        soaking = soak.Soak(guest, lambda line: say(f"{time.monotonic() - began:4.0f} s: {line}"))
        try:
            soak.run(soaking, seconds, rounds)
        finally:
            if is_terminal(sys.stderr):
                print(file=sys.stderr)
    print(soak.summary(parts.kernel.release, seconds, soaking))
    return 0


def _minutes() -> float:
    text = told.text("MINUTES")
    try:
        minutes = float(text or _MINUTES)
    except ValueError:
        minutes = 0
    if not 0 < minutes < 1e4:
        raise HarnessError(f"MINUTES={text} is not how long a soak can be: "
                           "give a number of minutes")
    return minutes
