# SPDX-License-Identifier: GPL-2.0
"""The source of the kernel, as Debian packages it."""

from pathlib import Path

from ..host import cache
from ..host.apt import Archive
from ..host.progress import step
from ..host.run import run
from ..host.system import codename


def unpack(into: Path, files: tuple[str, ...] = ()) -> None:
    """Unpack the source, or these files of it, into a directory that is there; downloaded at first.

    Raises HarnessError where it cannot be had, or unpacked.
    """
    (tarball,) = cache.entry(f"source-{codename()}", "", _fetch).glob("*.tar.xz")
    top = tarball.name.removesuffix(".tar.xz")
    run(["tar", "-C", into, "--strip-components=1", "-xf", tarball,
         *(f"{top}/{name}" for name in files)], "unpack the kernel's source")


def _fetch(place: Path) -> None:
    with step("Downloading linux-source (about 140 MB)"), Archive(place / "scratch") as archive:
        archive.version("linux-source")
        package = archive.depends("linux-source", "linux-source-")[-1]
        archive.extract([package], archive.scratch)
        (archive.scratch / f"usr/src/{package}.tar.xz").rename(place / f"{package}.tar.xz")
