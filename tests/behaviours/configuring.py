# SPDX-License-Identifier: GPL-2.0
"""Parameters and configuration: what modprobe.d, depmod and the command line change."""

from harness.row import Row

ROWS: tuple[Row, ...] = ()
