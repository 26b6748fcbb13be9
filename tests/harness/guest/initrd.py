# SPDX-License-Identifier: GPL-2.0
"""An initrd that the distribution's own tool made, and a guest that is in it and stays there.

Debian's /init goes its way up to the root file system: its boot= names a script of ours for that
step, which starts the agent instead. All that our archive brings besides is the agent.
"""

from dataclasses import replace
from pathlib import Path

from ..host import cpio
from ..host.paths import TOP
from . import recipe
from .places import GUEST_DIR
from .recipe import Parts
from .vm import VM

_BOOT_SCRIPT = "taskmods"
# Megabytes; by the port, where no memory is shared, half of one in a second on an idle host.
_COPY_TIMEOUT = 120.0


def fetch(guest: VM, path: str) -> bytes:
    """Return an initrd that lies in a guest.

    Raises GuestError where the guest is gone or the time is up.
    """
    image = bytearray()
    guest.start("cat", path, write=image.extend).finish(_COPY_TIMEOUT)
    return bytes(image)


def parts(usual: Parts, image: Path) -> Parts:
    """Return what a guest is made of that boots the kernel of the usual one into this initrd.

    Raises HarnessError where something cannot be had or built.
    """
    agent = f"{GUEST_DIR}/agent"
    script = (TOP / "tests/guest/initrd-boot").read_bytes()
    files = {agent: recipe.installed(usual.kernel)[agent],
             f"/scripts/{_BOOT_SCRIPT}": (0o644, script)}
    return replace(usual, initramfs=image, overlay=cpio.newc(files),
                   arguments=f"boot={_BOOT_SCRIPT}")
