# SPDX-License-Identifier: GPL-2.0
"""Where things are: the tree, and what is built of it."""

import os
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("TASKMODS_BUILD", TOP / "build"))
