# SPDX-License-Identifier: GPL-2.0
"""A Debian that builds modules for itself: with DKMS, a compiler, and the headers of its kernel.

It is a guest like distro's, with more packages; and the same root serves as a place on the host to
try another suite's DKMS in, at the host's speed.
"""

import functools
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from ..host import cache, sandbox
from ..host.apt import Archive
from ..host.image import unpack as unpack_image
from ..host.progress import step
from ..host.run import environment, run_group
from ..host.system import codename
from ..kernels import architectures, choice, fromdebian
from ..kernels.architectures import Architecture
from ..kernels.kernel import Kernel
from ..kernels.table import KERNELS
from ..kernels.toolchain import Toolchain
from . import distro, helpers
from .places import GUEST_DIR
from .recipe import Parts

_PACKAGES = "systemd-sysv,udev,kmod,dkms,gcc,make,openssl,xz-utils"
# What building modules does not take, of a compiler and of a kernel: half of it all.
_LEFT_OUT = ("/usr/bin/*lto-dump*", "/usr/lib/gcc/*/*/lto*", "/usr/lib/gcc/*/*/*.a",
             "/usr/lib/*-linux-gnu/*.a", "/usr/lib/*-linux-gnu/lib?san.so*",
             "/usr/bin/*gold", "/usr/bin/*dwp", "/usr/bin/*gp-display*",
             "/lib/modules/*/kernel/*", "/usr/lib/modules/*/kernel/*", "/boot/vmlinuz-*",
             "/boot/System.map-*")
_MEMORY = "2G"
_BOOT_TIMEOUT = 600.0


@dataclass(frozen=True)
class Second:
    """The headers of another kernel, as a package."""

    release: str
    package: Path


def suites(architecture: Architecture | None = None) -> list[str]:
    """Return the suites that have a kernel of their own in the table, the host's and others.

    With `architecture` the kernel is for that one, else for the host's.
    """
    name = (architecture or architectures.host()).name
    return list(dict.fromkeys(entry.suite for entry in KERNELS.values()
                              if entry.architecture == name and entry.suite
                              and "-" not in entry.suite))


@functools.cache
def parts(usual: Parts, kern: Kernel | None = None) -> Parts:
    """Get or build all that such a guest needs; once a run.

    It is of the suite and architecture of `kern`, if there is one, else of the host's, and its
    kernel the one whose headers it has; how it runs is as `usual`.

    Raises HarnessError where something cannot be had or built.
    """
    kern = kern or kernel(codename())
    place = _place(kern.userland, kern.architecture)
    files = {f"{GUEST_DIR}/{path.name}": (0o755, path.read_bytes())
             for path in helpers.built(kern.architecture)}
    for path in kern.lists:
        files[f"/lib/modules/{kern.release}/{path.name}"] = (0o644, path.read_bytes())
    return replace(usual, kernel=kern, initramfs=place / distro.ARCHIVE,
                   overlay=distro.overlay(kern, files), arguments=distro.ARGUMENTS,
                   memory=_MEMORY, boot_timeout=_BOOT_TIMEOUT)


def kernel(suite: str, architecture: Architecture | None = None) -> Kernel:
    """Return the kernel whose headers a suite's root has: the host's architecture's, or another's.

    Raises HarnessError where it cannot be had.
    """
    architecture = architecture or architectures.host()
    place = _place(suite, architecture)
    return Kernel(f"dkms-{suite}-{architecture.name}", (place / "release").read_text("ascii"),
                  place / "kernel", suite, Toolchain(), architecture)


def release(suite: str) -> str:
    """Return the release of the kernel whose headers a suite's root has, for the host.

    Raises HarnessError where it cannot be had.
    """
    return kernel(suite).release


def second(suite: str) -> Second:
    """Return a second kernel of a suite, of the same version as the first.

    Raises HarnessError where it cannot be had.
    """
    package, = _place(suite, architectures.host()).glob("*.deb")
    return Second(package.name.partition("_")[0].removeprefix("linux-headers-"), package)


def second_kernel(suite: str) -> Kernel | None:
    """Return that kernel itself, where the table of kernels has it, downloaded at first.

    Raises HarnessError where it cannot be had.
    """
    wanted = second(suite).release
    for name, entry in KERNELS.items():
        if entry.suite == suite and fnmatchcase(f"linux-headers-{wanted}", entry.headers):
            found = choice.get(name)
            return found if found.release == wanted else None
    return None


def unpack(suite: str, root: Path, architecture: Architecture | None = None) -> None:
    """Unpack a suite's root, to run programs in by run(): for the host, or another architecture.

    Raises HarnessError where it cannot be had.
    """
    root.mkdir()
    unpack_image(_place(suite, architecture or architectures.host()) / distro.ARCHIVE, root)


def run(root: Path, argv: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run a program in an unpacked root, as root, and return how it ended, with all that it wrote.

    Raises HarnessError where no sandbox can be made.
    """
    sandbox.demand("run another system's DKMS")
    return run_group(sandbox.inside(root, argv, {"DEBIAN_FRONTEND": "noninteractive"}), None,
                     environment(), subprocess.STDOUT)


def _place(suite: str, architecture: Architecture) -> Path:
    return cache.entry(f"dkms-{suite}-{architecture.name}", repr((_PACKAGES, _LEFT_OUT)),
                       partial(_make, suite, architecture))


def _make(suite: str, architecture: Architecture, place: Path) -> None:
    entry = next(entry for entry in KERNELS.values()
                 if (entry.suite, entry.architecture) == (suite, architecture.name))
    with step(f"Making a guest of {suite}'s DKMS, compiler and kernel headers (about 200 MB)"), \
            Archive(place / "scratch", suite, architecture.name) as archive:
        image, headers = archive.newest(entry.image), archive.newest(entry.headers)
        of_image = image.removeprefix("linux-image-")
        archive.extract([image, headers], place / "kernel")
        fromdebian.arrange(place / "kernel", of_image, fromdebian.in_boot(entry))
        if architecture.is_host:
            _add_second(archive, of_image, architecture, place)
        distro.set_up(archive, suite, architecture, place, f"{_PACKAGES},{headers}", _LEFT_OUT)
    (place / "release").write_text(of_image, encoding="ascii")


def _add_second(archive: Archive, of_image: str, architecture: Architecture, place: Path) -> None:
    version = ".".join(of_image.split(".")[:2])
    other = archive.newest(f"linux-headers-{version}.*[0-9]-{architecture.name}")
    for package in archive.download([other]):
        shutil.move(package, place / package.name)
