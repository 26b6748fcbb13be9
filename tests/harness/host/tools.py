# SPDX-License-Identifier: GPL-2.0
"""What is installed on the host at need, from Debian's packages, and said first."""

import subprocess

from .errors import HarnessError
from .paths import TOP


def install(*purposes: str) -> None:
    """Have what these purposes need, by ../install-tools, which says what it installs.

    "=NAME" is a package.
    Raises HarnessError where that cannot be had.
    """
    done = subprocess.run([TOP / "tests/harness/install-tools", *purposes], check=False)
    if done.returncode:
        raise HarnessError(f"cannot install what is needed to go on ({', '.join(purposes)}): "
                           "see above")
