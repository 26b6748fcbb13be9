# SPDX-License-Identifier: GPL-2.0
"""The directory on the host that a row's Host steps work in, and a shell there."""

import shutil
import subprocess
from pathlib import Path

from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.run import environment, run_group
from .kernel import Kernel

# Modules that are built here are only loaded: no debug information, and no BTF, for which headers
# lack the vmlinux.
_MAKEFLAGS = "-- CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-g0"


class HostDirectory:
    """A directory made anew, with copies of `sources`, folders of the tree, in it.

    For its shell KDIR names the headers of `kernel`, SUITE where the three modules were built.
    """

    def __init__(self, path: Path, kernel: Kernel, sources: tuple[str, ...]) -> None:
        self.path = path
        self._kernel = kernel
        suite = BUILD / kernel.release / "suite"
        self._env = {"MAKEFLAGS": " ".join((_MAKEFLAGS, *kernel.architecture.make_options)),
                     "KDIR": str(kernel.kdir), "SUITE": str(suite)}
        self._names = {path: "$PWD", suite: "$SUITE", kernel.kdir: "$KDIR",
                       kernel.kdir.resolve(): "$KDIR", kernel.root: ""}
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        for source in sources:
            shutil.copytree(TOP / source, path / Path(source).name, symlinks=True,
                            ignore=shutil.ignore_patterns("*.o", "*.ko", "*.mod*", ".*.cmd"))

    def type(self, command: str, timeout: float) -> tuple[str, int]:
        """Have a shell run a command; return what it wrote and its exit status.

        Directories of this machine have the names there that they have for the shell.
        Raises HarnessError where the time is up.
        """
        try:
            shell = self._kernel.toolchain.command(["bash", "-c", command], self._kernel.root,
                                                   env=self._env)
            done = run_group(shell, self.path, {**environment(), **self._env}, subprocess.STDOUT,
                             timeout)
        except subprocess.TimeoutExpired as error:
            raise HarnessError(f"on the host, {command} took over {timeout:.0f} s") from error
        out = done.stdout
        for directory, name in self._names.items():
            out = out.replace(str(directory), name)
        return out, done.returncode
