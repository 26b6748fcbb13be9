# SPDX-License-Identifier: GPL-2.0
"""make modules where the running kernel has no headers: those of the kernel that guests run."""

import os
import sys

from ..kernels import choice, table


def main() -> int:
    """Print the headers directory of the kernel that guests run by default, and say so; return 0.

    Raises HarnessError where it cannot be had.
    """
    kdir = choice.get(table.default_name()).kdir
    print(f"No headers of the running kernel, {os.uname().release}: building for the VM's kernel, "
          f"in {kdir}", file=sys.stderr)
    print(kdir)
    return 0
