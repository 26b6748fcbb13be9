# SPDX-License-Identifier: GPL-2.0
"""The programs in the page: those of a small guest, and a note of what each came from."""

import gzip
import json
import re
import shutil
from pathlib import Path

from ..guest import small
from ..host import cache, image
from ..host.progress import step
from ..host.unpack import unpack
from ..kernels.architectures import Architecture

# What comes with the packages and nothing here uses: each byte is downloaded.
_LEFT_OUT = ("usr/share/*", "usr/bin/mawk", "etc/apt", "lib/i386-linux-gnu/libm.so*",
             "lib/i386-linux-gnu/libm-*.so", "lib/i386-linux-gnu/libmvec*",
             "lib/i386-linux-gnu/libgcc_s*", "usr/lib/i386-linux-gnu/libssl*",
             "usr/lib/i386-linux-gnu/engines-3", "usr/lib/i386-linux-gnu/ossl-modules",
             "usr/lib/i386-linux-gnu/libtic*")
_ARCHIVE = "initramfs.cpio.lz4"
_SOURCES = "sources.json"


def get(suite: str, architecture: Architecture) -> tuple[Path, dict[str, str]]:
    """Return a suite's userland for an architecture, and by package the source of what is in it.

    That is "NAME VERSION". Raises HarnessError where its packages cannot be had.
    """
    place = cache.entry(f"lab-userland-{suite}", repr((small.PACKAGES, _LEFT_OUT, image.PACK)),
                        lambda unfinished: _make(suite, architecture, unfinished))
    return place / _ARCHIVE, json.loads((place / _SOURCES).read_text(encoding="utf-8"))


def _make(suite: str, architecture: Architecture, place: Path) -> None:
    root = place / "root"
    with step(f"Making the lab's userland from {suite}'s kmod, busybox and bash"):
        unpack(suite, small.PACKAGES, root, place, architecture.name)
        found = documented(root / "usr/share/doc")
        (place / _SOURCES).write_text(json.dumps(found, indent=1), encoding="utf-8")
        small.arrange(root)
        for pattern in _LEFT_OUT:
            for path in root.glob(pattern):
                _remove(path)
        image.pack(root, place / _ARCHIVE)
    shutil.rmtree(root)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def documented(docs: Path) -> dict[str, str]:
    """Return the source of each package that has its changelog in `docs`, as "NAME VERSION"."""
    found = {}
    for log in sorted(docs.glob("*/changelog*.gz")):
        head = gzip.open(log, "rt", encoding="utf-8", errors="replace").readline()
        # What the authors of a program write is no changelog of Debian's.
        named = re.match(r"(\S+) \((\S+)\) ", head)
        if named:
            found[log.parent.name] = f"{named[1]} {named[2]}"
    return found
