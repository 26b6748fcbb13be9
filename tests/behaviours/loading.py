# SPDX-License-Identifier: GPL-2.0
"""Loading and order: what comes first, what comes once, and what happens when init fails."""

from harness.row import Row

ROWS: tuple[Row, ...] = ()
