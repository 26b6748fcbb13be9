# SPDX-License-Identifier: GPL-2.0
"""The guest's programs: a distribution's real kmod, with a shell and busybox around it."""

import shutil
from functools import partial
from pathlib import Path

from ..host import cache, image
from ..host.progress import step
from ..host.run import run
from ..host.unpack import LINKS, unpack

# kmod opens the libraries that unpack modules only when it meets such a module.
PACKAGES = "kmod,busybox-static,bash,ncurses-base,libc6,liblzma5,libzstd1"
# Whatever a real package brings comes before busybox's on the guest's PATH.
APPLETS = "usr/libexec/busybox"
_LEFT_OUT = ("usr/share/doc", "usr/share/locale", "usr/share/man", "usr/share/perl5",
             "usr/lib/x86_64-linux-gnu/gconv", "var", "boot")
# modprobe.d's "install NAME /bin/false" names it so.
_BUSYBOX_LINKS = ("bin/false", "bin/true")


def initramfs(suite: str) -> Path:
    """Return the userland of a suite as a compressed cpio archive, made at first.

    Raises HarnessError where its packages cannot be had.
    """
    recipe = repr((PACKAGES, APPLETS, _LEFT_OUT, tuple(LINKS.items()), _BUSYBOX_LINKS,
                   image.PACK))
    return cache.entry(f"userland-{suite}", recipe, partial(_make, suite)) / "initramfs.cpio.lz4"


def _make(suite: str, place: Path) -> None:
    root = place / "root"
    with step(f"Making the guest's userland from {suite}'s kmod, busybox and bash"):
        unpack(suite, PACKAGES, root, place)
        _arrange(root)
        image.pack(root, place / "initramfs.cpio.lz4")
    shutil.rmtree(root)


def _arrange(root: Path) -> None:
    for name in _LEFT_OUT:
        shutil.rmtree(root / name, ignore_errors=True)
    for name in _BUSYBOX_LINKS:
        (root / name).symlink_to("busybox")
    applets = root / APPLETS
    applets.mkdir(parents=True)
    for applet in run([root / "bin/busybox", "--list"], "list busybox's programs").split():
        (applets / applet).symlink_to("/bin/busybox")
