# SPDX-License-Identifier: GPL-2.0
"""A copy of a kernel's headers, for tests that change or damage them."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.kernels.kernel import Kernel


def copied(kernel: Kernel, place: Path,
           copy_function: Callable[[str, str], object] = shutil.copy2) -> Kernel:
    """Copy a kernel's headers to a place; return that kernel with these.

    `copy_function` copies a file, as that of shutil.copytree().
    """
    # One that is built here has its tools among its headers.
    for folder in (folder for folder in ("usr/src", "usr/lib") if (kernel.root / folder).exists()):
        shutil.copytree(kernel.root / folder, place / folder, symlinks=True,
                        copy_function=copy_function, ignore=shutil.ignore_patterns("modules"))
    return replace(kernel, root=place)
