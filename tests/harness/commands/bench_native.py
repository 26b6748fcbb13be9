# SPDX-License-Identifier: GPL-2.0
"""make bench-native: what reading all tasks takes by the clock of the real processor."""

from ..host import tools
from ..host.paths import TOP
from ..host.progress import step
from ..kernels import usermode
from ..native import machine, page, timings

NUMBERS = (100, 1000, 10000, 100000)
_ROUNDS = 9
# More than a processor has of its caches to itself.
_EVICT_MB = 512


def main() -> int:
    """Measure with huge pages and with small ones; print tables, write page and figures; return 0.

    Raises HarnessError where the kernel cannot be built or run.
    """
    tools.install("kernel")
    kernel = usermode.get()
    with step("Measuring with huge pages"):
        huge = machine.run_once(kernel, NUMBERS, _ROUNDS, _EVICT_MB, huge=True)
    with step("Measuring with small pages"):
        small = machine.run_once(kernel, NUMBERS, _ROUNDS, _EVICT_MB, huge=False)
    results = timings.Results(kernel.release, machine.processor(), timings.lines(huge),
                              timings.timings(huge), timings.timings(small))
    print(page.text(results))
    page.write(results)
    timings.keep(results)
    print(f"\nWritten: {page.PAGE.relative_to(TOP)} and {timings.SHOWN}")
    return 0
