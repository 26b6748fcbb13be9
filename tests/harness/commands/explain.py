# SPDX-License-Identifier: GPL-2.0
"""make explain MSG="...": taskmods explain, built here."""

import subprocess

from ..host import cli
from . import told


def main() -> int:
    """Explain the environment's MSG, or else what standard input has, by the command.

    Returns 0 also where no message is known, which the command says: make would add lines of its
    own. Raises HarnessError where the command cannot be built.
    """
    line = told.text("MSG")
    words = ["--", line] if line else []
    status = subprocess.run([cli.built(), "explain", *words], check=False).returncode
    return 0 if status == 1 else status
