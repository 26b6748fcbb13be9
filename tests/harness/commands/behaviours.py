# SPDX-License-Identifier: GPL-2.0
"""make behaviours: every row, or those that T selects, as a table."""

from .test import behaviours as main

__all__ = ["main"]
