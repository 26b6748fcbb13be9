# SPDX-License-Identifier: GPL-2.0
"""A distribution kernel: its image to boot, and its headers to build modules against."""

import os
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kernels import KERNELS, Entry

from . import cache, host, toolchain
from .archive import Archive
from .errors import HarnessError
from .progress import step
from .toolchain import Toolchain


@dataclass(frozen=True)
class Kernel:
    """A kernel in the cache, under `root` as its packages lay it out.

    `name` is that of kernels.py, `userland` the suite of the programs that run on it.
    """

    name: str
    release: str
    root: Path
    userland: str
    toolchain: Toolchain

    @property
    def image(self) -> Path:
        """What the VM boots."""
        return self.root / "boot" / f"vmlinuz-{self.release}"

    @property
    def kdir(self) -> Path:
        """What modules are built against: the KDIR of `make modules`."""
        return self.root / "usr/src" / f"linux-headers-{self.release}"

    @property
    def modules(self) -> Path:
        """Its own modules, with modules.builtin and the like."""
        return self.root / "lib/modules" / self.release


def main() -> int:
    """Print the headers directory of the VM's own kernel; return 0.

    Raises HarnessError where it cannot be had.
    """
    print(get(default_name()).kdir)
    return 0


def default_name() -> str:
    """Return the name of the kernel that guests run where nobody asks for another.

    Raises HarnessError where the table has none of the host's suite.
    """
    suite = host.codename()
    for name, entry in KERNELS.items():
        if entry.suite == suite:
            return name
    raise HarnessError(f"the table of kernels has none of this host's suite, {suite}: "
                       f"{_which()}")


def chosen() -> Kernel:
    """Return the kernel that the environment's KERNEL names, else the default one.

    Raises HarnessError where there is none of that name, or it cannot be had.
    """
    return get(os.environ.get("KERNEL", "").strip() or default_name())


def get(name: str) -> Kernel:
    """Return a kernel of the table, with its tools, downloaded at first.

    It is the newest there was when the cache was filled: later runs work offline.
    Raises HarnessError where there is none of that name, or it cannot be had.
    """
    check_names([name])
    entry = KERNELS[name]
    place = cache.entry(entry_name(name), partial(_fetch, entry))
    release = (place / "release").read_text(encoding="ascii").strip()
    return Kernel(name, release, place, entry.userland,
                  toolchain.of(entry.suite.partition("-")[0]))


def check_names(names: list[str]) -> None:
    """Raise HarnessError where one of these is not in the table of kernels."""
    for name in names:
        if name not in KERNELS:
            raise HarnessError(f"there is no kernel {name}: {_which()}")


def entry_name(name: str) -> str:
    """Return the name of a kernel's entry in the cache."""
    return f"kernel-{name}"


def _which() -> str:
    return f"choose one by KERNEL=<name>, of {', '.join(KERNELS)}"


def _fetch(entry: Entry, place: Path) -> None:
    with step(f"Downloading {entry.image} of {entry.suite} and its headers (about 50 MB)"):
        scratch = place / "scratch"
        archive = Archive(scratch, entry.suite)
        image = archive.newest(entry.image)
        release = image.removeprefix("linux-image-")
        headers = archive.newest(entry.headers)
        if headers.removeprefix("linux-headers-") != release:
            raise HarnessError(f"{entry.suite} has {image}, but the newest headers are {headers}: "
                               "an upload may be under way, try later")
        # They have many dependencies; those called linux-* are the ones with the kernel's files.
        packages = {name for package in (image, headers)
                    for name in archive.depends(package, "linux-")}
        archive.extract(sorted(packages), place)
        shutil.rmtree(scratch)
    # Some suites have no /lib of their own any more.
    if (place / "usr/lib/modules").is_dir() and not (place / "lib/modules").exists():
        (place / "lib").mkdir(exist_ok=True)
        (place / "lib/modules").symlink_to("../usr/lib/modules")
    modules = place / "lib/modules" / release
    shutil.rmtree(modules / "kernel", ignore_errors=True)  # guests have what is built in
    (place / "boot").mkdir(exist_ok=True)
    for name in ("vmlinuz", "config"):
        if (modules / name).exists():
            (modules / name).rename(place / f"boot/{name}-{release}")
    (place / "release").write_text(release + "\n", encoding="ascii")
    _relocate(place)


def _relocate(place: Path) -> None:
    """Make the headers work where they are: they name /usr/src and /usr/lib."""
    for headers in (place / "usr/src").glob("linux-headers-*"):
        makefile = headers / "Makefile"
        text = makefile.read_text(encoding="utf-8")
        if "/usr/src/" in text:
            # $(lastword ...) is this very file, so that the cache may be moved as well.
            text = text.replace("/usr/src/", "$(taskmods_src)")
            makefile.write_text(f"taskmods_src := $(dir $(lastword $(MAKEFILE_LIST)))../\n{text}",
                                encoding="utf-8")
        for link in headers.iterdir():
            if link.is_symlink() and os.readlink(link).startswith("/"):
                target = place / os.readlink(link).lstrip("/")
                link.unlink()
                link.symlink_to(os.path.relpath(target, headers))
