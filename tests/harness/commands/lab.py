# SPDX-License-Identifier: GPL-2.0
"""make lab: the lab in a page, served on this machine until it is interrupted."""

from behaviours import ROWS, SECTIONS

from ..catalogue import pages
from ..lab import pages as lab
from ..lab import serve

_PORT = 8361


def main() -> int:
    """Make the site, serve it, and say where; return 0 once it is interrupted.

    Raises HarnessError where something of it cannot be had or made.
    """
    place = lab.make(ROWS, lambda site: pages.write(site, SECTIONS))
    try:
        server = serve.server(place, _PORT)
    except OSError:
        # Another lab may run: then this one is elsewhere.
        server = serve.server(place)
    with server:
        print(f"The lab is at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0
