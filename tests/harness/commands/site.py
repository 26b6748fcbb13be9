# SPDX-License-Identifier: GPL-2.0
"""make site: the lab as files in build/site, for any web server."""

from behaviours import ROWS, SECTIONS

from ..catalogue import pages
from ..host.paths import TOP
from ..lab import pages as lab


def main() -> int:
    """Make the site, say where it is, and return 0.

    Raises HarnessError where something of it cannot be had or made.
    """
    place = lab.make(ROWS, lambda site: pages.write(site, SECTIONS))
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    shown = place.relative_to(TOP) if place.is_relative_to(TOP) else place
    print(f"Written: {shown}/ ({size / 1e6:.0f} MB), for any web server")
    return 0
