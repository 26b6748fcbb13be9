# SPDX-License-Identifier: GPL-2.0
"""What the environment tells: commands ask here, and pass it on."""

import os


def text(name: str) -> str:
    """Return what a variable says, or nothing."""
    return os.environ.get(name, "").strip()
