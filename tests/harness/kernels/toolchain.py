# SPDX-License-Identifier: GPL-2.0
"""What builds modules for a kernel: its own suite's tools, since kbuild's want their libraries.

Those of the host's suite are the host's. Others are unpacked into a directory of their own, in
which programs run as the whole system that they see, with the few directories that they need.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..host import cache, sandbox
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.system import codename
from ..host.unpack import unpack
from .architectures import Architecture

# kbuild's needs, W=1's of all of perl, and those of whoever takes a module apart: openssl, zstd,
# xz-utils, kmod.
PACKAGES = ("bash,coreutils,diffutils,findutils,grep,gzip,mawk,sed,make,gcc,binutils,libc6-dev,"
            "libelf1,kmod,openssl,perl,xz-utils,zstd")


@dataclass(frozen=True)
class Toolchain:
    """A suite's tools, unpacked in `root`, or the host's own where that is None."""

    root: Path | None = None

    def command(self, argv: Sequence[str | Path], *readable: Path,
                env: Mapping[str, str] | None = None) -> list[str | Path]:
        """Return what runs `argv` among these tools, for sources of ours.

        Another suite's are run in a sandbox. They see the tree, the build directory, which they may
        write to, what is `readable`, and `env`, which the host's own get from whoever runs them;
        they run where they are started, which must be among these.
        """
        if not self.root:
            return list(argv)
        return sandbox.command(argv, self.root, (TOP, *readable), (BUILD,), env)

    def foreign(self, argv: Sequence[str | Path], stage: Path, *readable: Path,
                env: Mapping[str, str] | None = None,
                headers: Mapping[str, Path] | None = None) -> list[str | Path]:
        """Return what runs `argv` among these tools, for sources that are not ours: in a sandbox.

        They see a copy of these in `stage`, which is all that they may write to, what is
        `readable`, and in /lib/modules the `headers` by place.
        Raises HarnessError where no sandbox can be made.
        """
        sandbox.demand("build what is not ours")
        return sandbox.command(argv, self.root, readable, (stage,), env, headers)


def of(suite: str, architecture: Architecture, more: tuple[str, ...] = ()) -> Toolchain:
    """Return the tools of a suite that build for an architecture, unpacked at first.

    With `more` packages they are never the host's own.

    Raises HarnessError where they cannot be had, or not be run.
    """
    if suite == codename() and not more:
        return Toolchain()
    sandbox.demand(f"run {suite}'s tools")
    cross = () if architecture.is_host else (architecture.compiler_package,)
    packages = ",".join((PACKAGES, *cross, *more))
    place = cache.entry(f"toolchain-{suite}", packages, partial(_make, suite, packages))
    return Toolchain(place / "root")


def _make(suite: str, packages: str, place: Path) -> None:
    root = place / "root"
    with step(f"Making a place to build in, of {suite}'s compiler (about 100 MB)"):
        unpack(suite, packages, root, place)
        if not (root / "usr/bin/awk").exists():
            (root / "usr/bin/awk").symlink_to("mawk")
