# SPDX-License-Identifier: GPL-2.0
"""The other kind of guest: a whole Debian, started by its own systemd and udev.

Its root is unpacked into memory at boot, as the small guest's is, from Debian's packages as their
own scripts set them up. Our modules are installed in it, and the agent is one of its services.
"""

import functools
import os
import re
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..host import cache, cpio
from ..host.apt import Archive
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.run import run
from ..kernels.architectures import Architecture
from ..kernels.kernel import Kernel
from . import otherkmod, recipe
from .recipe import Parts

ARCHIVE = "initramfs.cpio.lz4"
PACKAGES = "systemd-sysv,udev,kmod,initramfs-tools"
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/man/*",
             "/usr/share/bash-completion/*", "/usr/share/zsh/*", "/usr/share/lintian/*",
             "/usr/lib/*/gconv/*", "/lib/udev/hwdb.d/*", "/usr/lib/udev/hwdb.d/*")
# What nobody asks of this guest: logins and their records, and what looks after a disk.
_MASKED = ("getty.target", "serial-getty@.service", "systemd-user-sessions.service",
           "systemd-logind.service", "systemd-update-utmp.service",
           "systemd-update-utmp-runlevel.service", "systemd-random-seed.service",
           "systemd-pstore.service", "fstrim.timer", "dpkg-db-backup.timer")
# mmdebstrap runs these at the end, with the new root as $1, as whoever is root there. It names the
# guest, lets each boot make a machine-id, and packs all that but what belongs to the host or apt.
_FINISH = f"""set -e
chroot "$1" systemctl --quiet mask {" ".join(_MASKED)}
cd "$1"
echo guest > etc/hostname
: > etc/machine-id
rm -f etc/resolv.conf
find . -xdev \\( -path './dev/*' -o -path './proc/*' -o -path './sys/*' -o -path './tmp/*' \\
    -o -path './var/lib/apt/lists/*' -o -path './var/cache/apt/*' \\) -prune -o -print0 |
    LC_ALL=C sort -z | cpio --quiet -0 -o -H newc | lz4 -l -9 -q - tmp/packed"""


def _options(packages: str, left_out: tuple[str, ...]) -> tuple[str, ...]:
    return ("--quiet", "--variant=essential", "--format=null", f"--include={packages}",
            "--setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh",
            *(f"--dpkgopt=path-exclude={path}" for path in (*_LEFT_OUT, *left_out)),
            f"--customize-hook={_FINISH}")


# systemd is what the kernel starts; it knows an initramfs by a file that Debian's root has not.
# On the console it shows which units fail.
ARGUMENTS = "rdinit=/sbin/init systemd.show_status=auto"
_MEMORY = "1G"
# A busy host takes a minute for what an idle one does in nine seconds.
_BOOT_TIMEOUT = 180.0


@functools.cache
def parts(usual: Parts) -> Parts:
    """Get or build all that such a guest needs on the kernel of the usual one; once a run.

    Raises HarnessError where something cannot be had or built.
    """
    kern = usual.kernel
    root = otherkmod.into(initramfs(kern.userland, kern.architecture), usual.kmod)
    made = replace(usual, initramfs=root,
                   arguments=ARGUMENTS, memory=_MEMORY, boot_timeout=_BOOT_TIMEOUT)
    files = recipe.installed(kern, usual.suite)
    return replace(made, overlay=overlay(kern, {**files, **_depmod(kern, files)}))


def overlay(kern: Kernel, files: cpio.Files) -> bytes:
    """Return what is laid over such a root: `files`, the agent's service, the kernel's config."""
    config = f"/boot/config-{kern.release}"
    files = {**files, **_service(),
             config: (0o644, (kern.root / config.lstrip("/")).read_bytes())}
    # Here /lib is a link to /usr/lib, which the kernel cannot make where there is a directory.
    return cpio.newc({re.sub("^/lib/", "/usr/lib/", name): file for name, file in files.items()})


def _service() -> cpio.Files:
    """Return the agent's unit, and what makes the boot want it."""
    units = {"taskmods-agent.service": "taskmods-agent.service",
             "multi-user.target.d/taskmods.conf": "wants-agent.conf"}
    return {f"/etc/systemd/system/{name}": (0o644, (TOP / "tests/guest" / file).read_bytes())
            for name, file in units.items()}


def _depmod(kern: Kernel, files: cpio.Files) -> cpio.Files:
    """Return what depmod writes about the modules among `files`: at boot it must be there."""
    modules = f"/lib/modules/{kern.release}"
    root = BUILD / kern.release / "depmod"
    with cache.lock(root.with_suffix(".lock")):
        shutil.rmtree(root, ignore_errors=True)
        for name, (_, content) in files.items():
            if name.startswith(f"{modules}/"):
                target = root / name.lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        run(["/sbin/depmod", "-b", root, kern.release], "find what needs what")
        return {f"{modules}/{path.name}": (0o644, path.read_bytes())
                for path in (root / modules.lstrip("/")).glob("modules.*")}


def initramfs(suite: str, architecture: Architecture) -> Path:
    """Return the root of a guest of a suite as a compressed cpio archive, made at first.

    Raises HarnessError where its packages cannot be had or set up.
    """
    made_by = repr(_options(PACKAGES, ()))
    return cache.entry(f"distro-{suite}-{architecture.name}", made_by,
                       partial(_make, suite, architecture)) / ARCHIVE


def _make(suite: str, architecture: Architecture, place: Path) -> None:
    with step(f"Making a guest of {suite}'s systemd, udev and initramfs-tools"), \
            Archive(place / "scratch", suite, architecture.name) as archive:
        archive.version("systemd-sysv")
        set_up(archive, suite, architecture, place, PACKAGES)


def set_up(archive: Archive, suite: str, architecture: Architecture, place: Path, packages: str,
           left_out: tuple[str, ...] = ()) -> None:
    """Make ARCHIVE in `place`: a root with packages, without the files that are left out.

    Raises HarnessError where the packages cannot be had or set up.
    """
    (place / "sources.list").write_text(archive.sources(), encoding="ascii")
    # Its scripts want the rights of root: mmdebstrap finds how to have them. Without ours it has
    # those in a namespace, where our files are another's: then it works in /tmp, open to all.
    env = {"TMPDIR": str(place)} if os.geteuid() == 0 else None
    run(["mmdebstrap", *_options(packages, left_out), f"--architectures={architecture.name}",
         "--mode=auto",
         f"--customize-hook=download /tmp/packed {place / ARCHIVE}",
         suite, "/dev/null", place / "sources.list"],
        "make a guest of Debian's packages", env=env)
    (place / "sources.list").unlink()
