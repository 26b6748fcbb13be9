# SPDX-License-Identifier: GPL-2.0
"""Where a suite comes from: a directory, or a package of Debian's that has modules as sources."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..host import cache
from ..host.apt import Archive
from ..host.errors import HarnessError
from ..host.paths import BUILD
from ..host.progress import step
from ..host.run import run

# Where packages may come from, besides main.
_COMPONENTS = ("contrib", "non-free")
# What every toolchain has or a build in a sandbox has no use for.
_NEEDLESS = re.compile(r"dkms|debconf.*|cdebconf|dpkg.*|gcc|make|libc6-dev|libc-dev|kmod|perl|"
                       r"patch|linux-(headers|image).*|bash|coreutils|sed|udev")
# Of what a copy for another kernel has no use: what kbuild writes, and the history.
_BUILT = ("*.o", "*.ko", "*.mod", "*.mod.c", ".*.cmd", ".*.d", "modules.order", "Module.symvers",
          ".git")


@dataclass(frozen=True)
class Source:
    """Sources of a suite, in `tree`, which is only read.

    `what` says in words what they are; `package` is the package that they came with, unpacked, if
    any; `tools` are packages that its build needs besides a compiler.
    """

    name: str
    what: str
    tree: Path
    package: Path | None = None
    tools: tuple[str, ...] = ()

    def copy(self, place: Path) -> None:
        """Copy the sources to a place that is not there yet: no more than git would keep."""
        listed = subprocess.run(["git", "-C", self.tree, "ls-files", "-z", "--cached", "--others",
                                 "--exclude-standard"], capture_output=True, check=False)
        if self.package or listed.returncode:
            built = () if self.package else _BUILT
            shutil.copytree(self.tree, place, symlinks=True,
                            ignore=_leaving_out(self.tree, built))
            return
        for name in filter(None, listed.stdout.decode(errors="surrogateescape").split("\0")):
            source, target = self.tree / name, place / name
            if source.is_symlink() or source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target, follow_symlinks=False)


def _leaving_out(tree: Path, patterns: tuple[str, ...]
                 ) -> Callable[[str, list[str]], set[str]]:
    by_name = shutil.ignore_patterns(*patterns)

    def ignore(folder: str, names: list[str]) -> set[str]:
        ours = {name for name in names if Path(folder, name) == BUILD}
        return {*by_name(folder, names), *ours}
    return ignore


def of_directory(path: Path) -> Source:
    """Return what a directory has.

    Raises HarnessError where it is none.
    """
    if not path.is_dir():
        raise HarnessError(f"DIR={path} is no directory: name one that has the modules' sources")
    return Source(path.resolve().name, str(path), path.resolve())


def of_package(name: str, suite: str) -> Source:
    """Return what a package of a suite has below /usr/src, downloaded at first.

    Raises HarnessError where the archive has no such package, or that has no modules.
    """
    place = cache.entry(f"try-{name}-{suite}", repr((_COMPONENTS, _NEEDLESS.pattern)),
                        partial(_fetch, name, suite))
    version, *tools = (place / "about").read_text(encoding="utf-8").splitlines()
    trees = sorted(path for path in (place / "root/usr/src").glob("*") if path.is_dir())
    with_conf = [path for path in trees if (path / "dkms.conf").exists()]
    if not trees:
        raise HarnessError(f"PACKAGE={name}: {name} {version} of {suite} has nothing in /usr/src: "
                           "name one whose modules are built by DKMS, e.g. jool-dkms")
    return Source(name, f"{name} {version} of {suite}", (with_conf or trees)[0], place / "root",
                  tuple(tools))


def _fetch(name: str, suite: str, place: Path) -> None:
    with step(f"Downloading {name} of {suite}"), \
            Archive(place / "scratch", suite, components=_COMPONENTS) as archive:
        version = archive.version(name)
        tools = [tool for tool in archive.needs(name) if not _NEEDLESS.fullmatch(tool)]
        archive.extract([name], place / "root")
    (place / "about").write_text("\n".join([version, *tools]), encoding="utf-8")
    # A copy of what its owner may not write could not be patched.
    run(["chmod", "-R", "u+w", place / "root"], f"unpack {name}")
