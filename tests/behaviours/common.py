# SPDX-License-Identifier: GPL-2.0
"""What rows of several sections say: places in the guest, and the three modules all loaded."""

from harness.guest.places import FIXTURES_DIR as FIXTURES
from harness.rows.steps import Loaded

__all__ = ["FIXTURES", "SUITE", "SUITE_COMES", "SUITE_LOADED", "UPDATES"]

UPDATES = "/lib/modules/$(uname -r)/updates"
SUITE = f"{UPDATES}/taskmods"
SUITE_LOADED = Loaded("core_mod 2 report_mod,walker_mod", "walker_mod 0", "report_mod 0")
# For a row's order.
SUITE_COMES = "+core_mod +walker_mod +report_mod"
