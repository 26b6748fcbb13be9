# SPDX-License-Identifier: GPL-2.0
"""make bench-check: our own costs against those that are kept."""

from .bench import check as main

__all__ = ["main"]
