# SPDX-License-Identifier: GPL-2.0
"""One kernel of make matrix: all tests that depend on it, and every row."""

from .test import everything as main

__all__ = ["main"]
