# SPDX-License-Identifier: GPL-2.0
"""Debian's kmod, built from its source so that it counts which of its lines run.

It has its own tests run at once, which need no guest: what they count is kept beside it.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from ..host import cache
from ..host.apt import Archive
from ..host.progress import step
from ..host.run import run
from ..host.system import codename, host_architecture, processors
from . import toolchain
from .architectures import ARCHITECTURES

_NEEDED = ("autoconf", "automake", "libtool", "pkgconf", "libzstd-dev", "liblzma-dev",
           "libssl-dev")
# What Debian's has, and the counting; of its tests' modules those that its source has built.
_CONFIGURE = ("--prefix=/usr", "--sysconfdir=/etc", "--bindir=/bin", "--with-openssl", "--with-xz",
              "--with-zstd", "--disable-test-modules", "--disable-manpages",
              "CFLAGS='-g -O0 --coverage -fprofile-update=atomic'")
_BUILD = f"""set -e
export AUTOMAKE=$(basename /usr/bin/automake-*) ACLOCAL=$(basename /usr/bin/aclocal-*)
printf 'EXTRA_DIST =\\nCLEANFILES =\\n' > libkmod/docs/gtk-doc.make
autoreconf -fi
./configure {' '.join(_CONFIGURE)}
"""
# Some of its tests may fail: what they reach counts all the same.
_CHECK = "make -k check > own-tests.log 2>&1 || true"


@dataclass(frozen=True)
class Counting:
    """A kmod that counts: the tree that it was built in, and what it counted in its own tests."""

    version: str
    prefix: Path
    tree: Path
    own_counts: Path


def get() -> Counting:
    """Return the host's suite's kmod, built at first; later runs work offline.

    Raises HarnessError where it cannot be had, or not be built.
    """
    place = cache.entry(f"kmod-counting-{codename()}", repr((_NEEDED, _BUILD, _CHECK)), _make)
    version = (place / "version").read_text(encoding="ascii").strip()
    return Counting(version, place / "prefix", place / "tree", place / "own")


def _make(place: Path) -> None:
    tree = place / "tree"
    tree.mkdir()
    with step("Downloading kmod's source"), Archive(place / "scratch") as archive:
        version = archive.version("kmod")
        run(["tar", "-C", tree, "--strip-components=1", "-xf", archive.source("kmod")],
            "unpack kmod's source")
    tools = toolchain.of(codename(), ARCHITECTURES[host_architecture()], _NEEDED)
    with step("Building a kmod that counts, and running its own tests (once; minutes)"):
        for script in (_BUILD, f"make -j{processors()}"):
            run(tools.foreign(["bash", "-c", script], tree), "build kmod", cwd=tree)
        (place / "prefix/bin").mkdir(parents=True)
        shutil.copy(tree / "tools/kmod", place / "prefix/bin")
        run(tools.foreign(["bash", "-c", _CHECK], tree), "run kmod's own tests", cwd=tree)
    for counted in sorted(tree.rglob("*.gcda")):
        kept = place / "own" / counted.relative_to(tree)
        kept.parent.mkdir(parents=True, exist_ok=True)
        counted.rename(kept)
    (place / "version").write_text(f"{version}\n", encoding="ascii")
