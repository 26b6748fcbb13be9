# SPDX-License-Identifier: GPL-2.0
"""Seeing it: what the kernel and the tools show of modules, and that they agree."""

from harness.row import Row

ROWS: tuple[Row, ...] = ()
