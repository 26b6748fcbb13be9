# SPDX-License-Identifier: GPL-2.0
"""python3 -m harness graph: draws docs/metrics.svg."""

from ..host.paths import TOP
from ..monitoring import picture
from . import chosen


def main() -> int:
    """Draw it; returns 0.

    Raises HarnessError where a guest, Prometheus or gnuplot cannot be had.
    """
    picture.draw(chosen.parts())
    print(f"Written: {picture.PLOT.relative_to(TOP)}")
    return 0
