# SPDX-License-Identifier: GPL-2.0
"""A root file system as a kernel unpacks it at boot: a cpio archive, compressed by lz4."""

import subprocess
from pathlib import Path

from .errors import HarnessError

# For the kernel, which reads lz4's older format; everything belongs to root there.
PACK = ("find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0 "
        "| lz4 -l -9 -q - \"$0\"")
_UNPACK = "lz4 -dc \"$0\" | cpio --quiet -idm"


def pack(root: Path, archive: Path) -> None:
    """Pack what is in a directory.

    Raises HarnessError where that cannot be packed, or written.
    """
    _pipe(PACK, archive, root, f"pack {root}")


def unpack(archive: Path, root: Path) -> None:
    """Unpack into a directory that is there.

    Raises HarnessError where that cannot be read, or unpacked.
    """
    _pipe(_UNPACK, archive, root, f"unpack {archive}")


def _pipe(pipeline: str, archive: Path, root: Path, what: str) -> None:
    done = subprocess.run(["bash", "-o", "pipefail", "-c", pipeline, archive], cwd=root, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise HarnessError(f"cannot {what}: {done.stderr.strip()}")
