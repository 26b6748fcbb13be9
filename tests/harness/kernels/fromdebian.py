# SPDX-License-Identifier: GPL-2.0
"""A kernel of Debian's: its packages, laid out in the cache."""

import os
import shutil
from functools import partial
from pathlib import Path

from ..host import cache, tools
from ..host.apt import Archive
from ..host.errors import HarnessError
from ..host.progress import step
from . import toolchain
from .architectures import ARCHITECTURES, host
from .kernel import Kernel
from .table import Entry

# A kernel's packages have many dependencies; those called so are the ones with its files.
_PREFIX = "linux-"
# What else some suites have beside a kernel's modules.
_IN_BOOT = ("config",)


def get(name: str, entry: Entry) -> Kernel:
    """Return a kernel with its tools, downloaded at first.

    It is the newest there was when the cache was filled: later runs work offline.
    Raises HarnessError where it cannot be had.
    """
    architecture = ARCHITECTURES[entry.architecture]
    if not architecture.is_host:
        tools.install(*(f"={package}" for package in architecture.cross_packages))
    place = cache.entry(*entry_of(name, entry), partial(_fetch, entry))
    release = (place / "release").read_text(encoding="ascii").strip()
    return Kernel(name, release, place, entry.userland,
                  toolchain.of(entry.suite.partition("-")[0], architecture), architecture,
                  entry.arguments, entry.patience * architecture.patience, entry.processors)


def entry_of(name: str, entry: Entry) -> tuple[str, str]:
    """Return the name of the kernel's entry in the cache, and the recipe of it."""
    # Of another architecture it has tools that run on this one.
    built_on = () if ARCHITECTURES[entry.architecture].is_host else (host().name,)
    return (f"kernel-{name}", repr((entry.suite, entry.image, entry.headers, _PREFIX,
                                    in_boot(entry), *built_on)))


def in_boot(entry: Entry) -> tuple[str, ...]:
    """Return what some suites have beside a kernel's modules, and belongs into /boot."""
    return (ARCHITECTURES[entry.architecture].image, *_IN_BOOT)


def _fetch(entry: Entry, place: Path) -> None:
    with step(f"Downloading {entry.image} of {entry.suite} and its headers (about 50 MB)"), \
            Archive(place / "scratch", entry.suite, entry.architecture) as archive:
        # What was uploaded last may not be everywhere yet: then the one before it is taken.
        first, *others = archive.newest_first(entry.image)
        try:
            release = _extract(archive, first, entry, place)
        except HarnessError:
            if not others:
                raise
            release = _extract(archive, others[0], entry, place)
    arrange(place, release, in_boot(entry))
    (place / "release").write_text(release + "\n", encoding="ascii")
    _relocate(place)


def _extract(archive: Archive, image: str, entry: Entry, place: Path) -> str:
    """Unpack a kernel and its headers; return its release.

    Raises HarnessError where the archive does not have all of it.
    """
    release = image.removeprefix("linux-image-")
    headers = archive.newest_first(entry.headers)
    if f"linux-headers-{release}" not in headers:
        raise HarnessError(f"{entry.suite} has {image}, but the newest headers are {headers[0]}: "
                           "an upload may be under way, try later")
    packages = {name for package in (image, f"linux-headers-{release}")
                for name in archive.depends(package, _PREFIX)}
    archive.extract(sorted(packages), place)
    return release


def arrange(place: Path, release: str, in_boot: tuple[str, ...]) -> None:
    """Have what a kernel's packages brought where it is looked for, whatever their suite.

    What is to be `in_boot` may lie beside its modules.
    """
    # Some suites have no /lib of their own any more.
    if (place / "usr/lib/modules").is_dir() and not (place / "lib/modules").exists():
        (place / "lib").mkdir(exist_ok=True)
        (place / "lib/modules").symlink_to("../usr/lib/modules")
    modules = place / "lib/modules" / release
    shutil.rmtree(modules / "kernel", ignore_errors=True)  # guests have what is built in
    (place / "boot").mkdir(exist_ok=True)
    for name in in_boot:
        if (modules / name).exists():
            (modules / name).rename(place / f"boot/{name}-{release}")


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
