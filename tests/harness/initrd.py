# SPDX-License-Identifier: GPL-2.0
"""An initrd that the distribution's own tool made, and a guest that is in it and stays there.

Debian's /init goes its way up to the root file system: its boot= names a script of ours for that
step, which starts the agent instead. All that our archive brings besides is the agent.
"""

from dataclasses import replace
from pathlib import Path

from . import cpio, host, vm

_CONFIGURATION = "/etc/initramfs-tools"
_BOOT_SCRIPT = "taskmods"
# list: just the modules that are asked for. gzip -1: the guest is slower yet than its port.
_SETTINGS = b"MODULES=list\nCOMPRESS=gzip\nCOMPRESSLEVEL=1\nRESUME=none\n"
# Tens of seconds on an idle host, minutes on a busy one.
_TIMEOUT = 600.0


def make(guest: vm.VM, *modules: str) -> bytes:
    """Have update-initramfs make an initrd that loads `modules`, in a guest of distro.parts().

    Raises HarnessError where it fails, GuestError where the guest is gone or the time is up.
    """
    release = guest.parts.kernel.release
    guest.write(f"{_CONFIGURATION}/conf.d/taskmods", _SETTINGS)
    guest.write(f"{_CONFIGURATION}/modules", "".join(f"{name}\n" for name in modules).encode())
    guest.run("update-initramfs", "-c", "-k", release, timeout=_TIMEOUT, check=True)
    image = bytearray()
    guest.start("cat", f"/boot/initrd.img-{release}", write=image.extend).finish(_TIMEOUT)
    return bytes(image)


def parts(image: Path) -> vm.Parts:
    """Return what a guest is made of that boots the same kernel into this initrd.

    Raises HarnessError where something cannot be had or built.
    """
    made = vm.parts()
    agent = f"{vm.GUEST_DIR}/agent"
    script = (host.TOP / "tests/guest/initrd-boot").read_bytes()
    files = {agent: vm.installed(made.kernel)[agent],
             f"/scripts/{_BOOT_SCRIPT}": (0o644, script)}
    return replace(made, initramfs=image, overlay=cpio.newc(files),
                   arguments=f"boot={_BOOT_SCRIPT}")
