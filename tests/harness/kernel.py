# SPDX-License-Identifier: GPL-2.0
"""A distribution kernel: its image to boot, and its headers to build modules against."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import cache, host
from .archive import Archive
from .errors import HarnessError
from .progress import step

FLAVOUR = "cloud-amd64"
# Where each access to memory and each lock is checked.
_CHECKED_PATIENCE = 4


@dataclass(frozen=True)
class Kernel:
    """A kernel in the cache, under `root` as its packages lay it out."""

    release: str
    root: Path

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

    @property
    def options(self) -> frozenset[str]:
        """The names of its options that are set, built in or as a module: CONFIG_..."""
        config = (self.kdir / "include/config/auto.conf").read_text(encoding="ascii")
        return frozenset(re.findall(r"^(CONFIG_\w+)=[ym]$", config, re.MULTILINE))

    @property
    def patience(self) -> float:
        """How many times as long a guest on it may take for what others do in their time."""
        return _CHECKED_PATIENCE if "CONFIG_KASAN" in self.options else 1


def main() -> int:
    """Print the headers directory of the VM's kernel; return 0.

    Raises HarnessError where it cannot be had.
    """
    print(default().kdir)
    return 0


def default() -> Kernel:
    """Return the current cloud kernel of the host's suite, downloaded at first.

    "Current" is when the cache was filled: later runs work offline.
    Raises HarnessError where it cannot be had.
    """
    if os.environ.get("KERNEL") == "debug":
        from . import debugkernel
        return debugkernel.get()
    suite = host.codename()
    place = cache.entry(f"kernel-{suite}", _fetch)
    release = (place / "release").read_text(encoding="ascii").strip()
    return Kernel(release, place)


def _fetch(place: Path) -> None:
    with step(f"Downloading linux-image-{FLAVOUR} and linux-headers-{FLAVOUR} (about 50 MB)"):
        scratch = place / "scratch"
        archive = Archive(scratch)
        archive.version(f"linux-image-{FLAVOUR}")
        image = _versioned(archive, f"linux-image-{FLAVOUR}")
        release = image.removeprefix("linux-image-").removesuffix("-unsigned")
        # Both have many dependencies; those called linux-* are the ones with the kernel's files.
        packages = {image, *archive.depends(f"linux-headers-{release}", "linux-")}
        archive.extract(sorted(packages), place)
        shutil.rmtree(scratch)
    # Some suites have no /lib of their own any more.
    if (place / "usr/lib/modules").is_dir() and not (place / "lib/modules").exists():
        (place / "lib").mkdir(exist_ok=True)
        (place / "lib/modules").symlink_to("../usr/lib/modules")
    (place / "release").write_text(release + "\n", encoding="ascii")
    _relocate(place)


def _versioned(archive: Archive, package: str) -> str:
    """Return the package that a name without a version stands for, e.g. linux-image-6.1.0-9-..."""
    flavour = package.rpartition("linux-image-")[2]
    names = [name for name in archive.depends(package, "linux-image-")
             if name != package and flavour in name]
    if len(names) != 1:
        raise HarnessError(f"cannot tell which kernel {package} stands for: {names}")
    return names[0]


def _relocate(place: Path) -> None:
    """Make the headers work where they are: they name /usr/src and /usr/lib."""
    for headers in (place / "usr/src").glob("linux-headers-*"):
        makefile = headers / "Makefile"
        text = makefile.read_text(encoding="utf-8")
        if text.startswith("include /usr/src/"):
            # $(lastword ...) is this very file, so that the cache may be moved as well.
            here = "$(dir $(lastword $(MAKEFILE_LIST)))../"
            makefile.write_text(text.replace("include /usr/src/", f"include {here}"),
                                encoding="utf-8")
        for link in headers.iterdir():
            if link.is_symlink() and os.readlink(link).startswith("/"):
                target = place / os.readlink(link).lstrip("/")
                link.unlink()
                link.symlink_to(os.path.relpath(target, headers))
