# SPDX-License-Identifier: GPL-2.0
"""Symbols, versions, licences, trust: what the kernel refuses to link or to load."""

from harness.row import Row

ROWS: tuple[Row, ...] = ()
