# SPDX-License-Identifier: GPL-2.0
"""taskmods explain knows what initramfs-tools and dracut really say.

Both are run in a Debian that was made for guests, for kernels of which something is missing.
"""

from pathlib import Path

import pytest

from harness.guest import distro, dkms
from harness.host import cache, cli
from harness.host.apt import Archive
from harness.host.image import unpack
from harness.host.run import run
from harness.host.system import codename
from harness.kernels import architectures

pytestmark = [pytest.mark.host, pytest.mark.slow]

CONF = "/etc/initramfs-tools/initramfs.conf"
HOOK = "/etc/initramfs-tools/hooks/failing"
# What is typed, one after the other, and the record that explains what is said.
INITRAMFS_TOOLS = (
    ("depmod 9.9.9", "no-modules-directory"),
    ("depmod none", "depmod-bad-version"),
    ("mkinitramfs -o /tmp/made 9.9.9", "initramfs-compression"),
    ("update-initramfs -c -k 9.9.9", "initramfs-failed"),
    ("run-parts --arg=9.9.9 /etc/kernel/postinst.d", "kernel-postinst"),
    ("echo CONFIG_RD_GZIP=y > /boot/config-9.9.9; mkinitramfs -o /tmp/made 9.9.9",
     "no-modules-directory"),
    ("mkdir -p /lib/modules/9.9.9; mkinitramfs -o /tmp/made 9.9.9", "no-builtin-list"),
    (f"sed -i s/^MODULES=.*/MODULES=dep/ {CONF}; mkinitramfs -o /tmp/made 9.9.9",
     "initramfs-modules-dep"),
    (f"sed -i s/^MODULES=.*/MODULES=most/ {CONF};"
     rf"""printf '#!/bin/sh\n[ "$1" = prereqs ]\n' > {HOOK}; chmod +x {HOOK};"""
     "mkinitramfs -o /tmp/made 9.9.9", "initramfs-failed"),
)
DRACUT = (
    ("dracut /tmp/made 9.9.9", "dracut-no-modules"),
    ("mkdir -p /lib/modules/9.9.9; dracut /tmp/made 9.9.9", "dracut-no-modules"),
    ("depmod 9.9.9; dracut --force --add-drivers none /tmp/made 9.9.9", "dracut-module-missing"),
    ("dracut --force --add none /tmp/made 9.9.9", "dracut-module-missing"),
    ("dracut --force --no-kernel --install none /tmp/made 9.9.9", "initramfs-failed"),
    ("dracut --force --no-kernel /tmp/made 9.9.9", "dracut-skipped"),
)


def unexplained(root: Path, typed: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return what is said in a root that the record named for it does not explain."""
    wrong = {}
    for line, record in typed:
        said = dkms.run(root, ["sh", "-c", line]).stdout
        if record not in [answer["id"] for answer in cli.answers(said)]:
            wrong[line] = f"not {record}: {said}"
    return wrong


def debian(root: Path) -> Path:
    """Unpack a whole Debian, which has initramfs-tools."""
    root.mkdir()
    unpack(distro.initramfs(codename(), architectures.host()), root)
    return root


def dracut(place: Path) -> None:
    """Put dracut into an empty directory."""
    with Archive(place / "scratch") as archive:
        archive.extract(["dracut-core"], place)


def test_what_initramfs_tools_say_is_explained(tmp_path: Path) -> None:
    assert unexplained(debian(tmp_path / "root"), INITRAMFS_TOOLS) == {}


def test_what_dracut_says_is_explained(tmp_path: Path) -> None:
    root = debian(tmp_path / "root")
    added = cache.entry(f"dracut-{codename()}-{architectures.host().name}", "dracut-core",
                        dracut)
    # In that Debian /lib is a link.
    run(["sh", "-ec", 'cp -a "$0"/etc "$0"/usr "$1"; [ ! -d "$0"/lib ] || cp -a "$0"/lib "$1"/usr',
         added, root], "add dracut")
    assert unexplained(root, DRACUT) == {}
