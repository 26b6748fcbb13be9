# SPDX-License-Identifier: GPL-2.0
"""The guest's programs: a distribution's real kmod, with a shell and busybox around it.

What a real package brings comes before busybox's own on the guest's PATH, where ../../guest/init
puts these.
"""

import shutil
from functools import partial
from pathlib import Path

from ..host import cache, image
from ..host.progress import step
from ..host.unpack import LINKS, unpack
from ..kernels.architectures import Architecture

# kmod opens the libraries that unpack modules only when it meets such a module.
PACKAGES = "kmod,busybox-static,bash,ncurses-base,libc6,liblzma5,libzstd1"
_LEFT_OUT = ("usr/share/doc", "usr/share/locale", "usr/share/man", "usr/share/perl5",
             "usr/lib/*/gconv", "var", "boot")
# What runs programs has its place in /lib, which is no link to /usr/lib any more once our modules
# are unpacked there.
_LOADERS = "usr/lib/ld*.so.*"
# modprobe.d's "install NAME /bin/false" names it so.
_BUSYBOX_LINKS = ("bin/false", "bin/true")


def initramfs(suite: str, architecture: Architecture) -> Path:
    """Return the userland of a suite as a compressed cpio archive, made at first.

    Raises HarnessError where its packages cannot be had.
    """
    recipe = repr((PACKAGES, _LEFT_OUT, tuple(LINKS.items()), _LOADERS, _BUSYBOX_LINKS, image.PACK))
    return cache.entry(f"userland-{suite}-{architecture.name}", recipe,
                       partial(_make, suite, architecture)) / "initramfs.cpio.lz4"


def _make(suite: str, architecture: Architecture, place: Path) -> None:
    root = place / "root"
    with step(f"Making the guest's userland from {suite}'s kmod, busybox and bash"):
        unpack(suite, PACKAGES, root, place, architecture.name)
        arrange(root)
        image.pack(root, place / "initramfs.cpio.lz4")
    shutil.rmtree(root)


def arrange(root: Path) -> None:
    """Leave out of an unpacked userland what no guest needs, and add what busybox is called by."""
    for name in _LEFT_OUT:
        for place in root.glob(name):
            shutil.rmtree(place)
    if (root / "lib").is_symlink():
        (root / "lib").unlink()
        (root / "lib").mkdir()
        for loader in root.glob(_LOADERS):
            (root / "lib" / loader.name).symlink_to(f"../usr/lib/{loader.name}")
    for name in _BUSYBOX_LINKS:
        (root / name).symlink_to("busybox")
