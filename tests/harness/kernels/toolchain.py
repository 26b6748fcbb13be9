# SPDX-License-Identifier: GPL-2.0
"""What builds modules for a kernel: its own suite's tools, since kbuild's want their libraries.

Those of the host's suite are the host's. Others are unpacked into a directory of their own, in
which programs run as the whole system that they see, with the few directories that they need.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..host import cache
from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.system import codename
from ..host.unpack import unpack

# kbuild's needs, W=1's of all of perl, and those of whoever takes a module apart: openssl, zstd,
# xz-utils, kmod.
PACKAGES = ("bash,coreutils,diffutils,findutils,grep,gzip,mawk,sed,make,gcc,binutils,libc6-dev,"
            "libelf1,kmod,openssl,perl,xz-utils,zstd")
_SYSTEM = ("usr", "etc", "bin", "sbin", "lib", "lib64")
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Toolchain:
    """A suite's tools, unpacked in `root`, or the host's own where that is None."""

    root: Path | None = None

    def command(self, argv: Sequence[str | Path], *readable: Path) -> list[str | Path]:
        """Return what runs `argv` among these tools.

        It sees the tree, the build directory, which it may write to, and what is `readable`; it
        runs where it is started, which must be among these.
        """
        if not self.root:
            return list(argv)
        box: list[str | Path] = ["bwrap", "--die-with-parent", "--proc", "/proc", "--dev", "/dev",
                                 "--tmpfs", "/tmp", "--setenv", "PATH", _PATH]
        for name in _SYSTEM:
            place = self.root / name
            if place.is_symlink():
                box += ["--symlink", os.readlink(place), f"/{name}"]
            elif place.is_dir():
                box += ["--ro-bind", place, f"/{name}"]
        for place in (TOP, *readable):
            box += ["--ro-bind", place, place]
        return [*box, "--bind", BUILD, BUILD, *argv]


def of(suite: str) -> Toolchain:
    """Return the tools of a suite, unpacked at first.

    Raises HarnessError where they cannot be had, or not be run.
    """
    if suite == codename():
        return Toolchain()
    _try_sandbox(suite)
    place = cache.entry(f"toolchain-{suite}", PACKAGES, partial(_make, suite))
    return Toolchain(place / "root")


def _try_sandbox(suite: str) -> None:
    """Raise HarnessError where bubblewrap cannot make its sandbox, as in most containers."""
    done = subprocess.run(["bwrap", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev",
                           "true"], text=True, capture_output=True, check=False)
    if done.returncode:
        raise HarnessError(f"cannot run {suite}'s tools here: bubblewrap may not make a sandbox "
                           f"({done.stderr.strip()}): use a machine, or a container that is "
                           "privileged")


def _make(suite: str, place: Path) -> None:
    root = place / "root"
    with step(f"Making a place to build in, of {suite}'s compiler (about 100 MB)"):
        unpack(suite, PACKAGES, root, place)
        if not (root / "usr/bin/awk").exists():
            (root / "usr/bin/awk").symlink_to("mawk")
