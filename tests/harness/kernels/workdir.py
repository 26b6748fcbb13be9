# SPDX-License-Identifier: GPL-2.0
"""The directory on the host that a row's Host steps work in, and a shell there."""

import shutil
import subprocess
from pathlib import Path

from ..host import cache
from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.run import environment, run_group
from .architectures import Architecture
from .kernel import Kernel

# Modules that are built here are only loaded: no debug information, and no BTF, for which headers
# lack the vmlinux.
_MAKEFLAGS = "-- CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-g0"
# What takes apart what is built, by its usual names; the compiler by that name is the host's.
_TOOLS = ("ar", "ld", "nm", "objcopy", "objdump", "readelf", "strip")
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def _tools(architecture: Architecture) -> Path:
    """Return a directory in which the tools for an architecture have their usual names."""
    place = BUILD / "tools" / architecture.name
    with cache.lock(place.with_suffix(".lock")):
        place.mkdir(parents=True, exist_ok=True)
        for name in _TOOLS:
            if not (place / name).is_symlink():
                (place / name).symlink_to(f"/usr/bin/{architecture.tool(name)}")
    return place


class HostDirectory:
    """A directory made anew, with copies of `sources`, folders of the tree, in it.

    For its shell KDIR names the headers of `kernel`, SUITE where the three modules were built; nm
    and its like are those for that kernel's architecture.
    """

    def __init__(self, path: Path, kernel: Kernel, sources: tuple[str, ...]) -> None:
        self.path = path
        self._kernel = kernel
        suite = BUILD / kernel.release / "suite"
        self._env = {"MAKEFLAGS": " ".join((_MAKEFLAGS, *kernel.architecture.make_options)),
                     "KDIR": str(kernel.kdir), "SUITE": str(suite)}
        if not kernel.architecture.is_host:
            self._env["PATH"] = f"{_tools(kernel.architecture)}:{_PATH}"
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
