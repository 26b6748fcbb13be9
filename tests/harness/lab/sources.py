# SPDX-License-Identifier: GPL-2.0
"""SOURCES: what each binary that the site hands out was built from, and how to get that."""

import re
from collections.abc import Mapping
from pathlib import Path

from ..host.run import run
from ..kernels.kernel import Kernel
from . import userland, vendor

_HEAD = """\
What runs in this page, and its sources

state.bin.zst is a copy of the memory of a machine: its firmware, a kernel, and the programs and
modules listed here. Each is as Debian built it, or built from the sources of taskmods. The source
of a Debian package, of exactly that version, is got on a Debian machine that has deb-src lines in
its list of sources by

    apt-get source NAME=VERSION

and of a version that is no longer in the archive from snapshot.debian.org. What npm has is got by
npm pack NAME@VERSION.
"""
# What the host brings: the firmware, and what is linked into programs that are built here.
_BUILT_HERE = ("seabios", "gcc-i686-linux-gnu", "libc6-dev-i386-cross")


def text(kernel: Kernel) -> str:
    """Return the file.

    Raises HarnessError where it cannot be found out what a package was built from.
    """
    _, packages = userland.get(kernel.userland, kernel.architecture)
    parts = {
        f"The kernel, Linux {kernel.release} (GPL-2.0): Debian package, source package, version":
            kernel_packages(kernel),
        "Programs and libraries: Debian package, source package, version": packages,
        "Firmware, and what programs were built with: Debian package, source package, version":
            {name: installed(name) for name in _BUILT_HERE},
        "The page: npm package, version":
            {name: version for name, version in vendor.packages().items() if name != "axe-core"},
    }
    ours = ("Modules, examples, the command taskmods and the lab's agent (GPL-2.0)\n\n"
            "    of this page's own source tree, taskmods: make site\n")
    return "\n".join((_HEAD, *(part(title, rows) for title, rows in parts.items()), ours))


def kernel_packages(kernel: Kernel) -> dict[str, str]:
    """Return the source of the kernel's packages, as "NAME VERSION"."""
    found = userland.documented(kernel.root / "usr/share/doc")
    return {name: source for name, source in found.items() if name.startswith("linux-image-")}


def installed(package: str) -> str:
    """Return the source of a package of the host's, as "NAME VERSION".

    Raises HarnessError where it is not installed.
    """
    return run(["dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", package],
               f"find out which {package} is installed")


def part(title: str, rows: Mapping[str, str]) -> str:
    """Return the file's part about some packages, given by name with the source of each."""
    width = max(map(len, rows), default=0)
    # What was only built again is of the same source.
    return "\n".join((title, "", *(f"    {name:<{width}}  {re.sub('[+]b[0-9]+$', '', source)}"
                                   for name, source in sorted(rows.items())), ""))


def licences(packages: Path) -> dict[str, Path]:
    """Return the licences of what npm has, by the file that the site has each in."""
    return {f"vendor/{name.replace('/', '-').removeprefix('@')}.LICENSE": path
            for name in vendor.packages() if name != "axe-core"
            for path in (packages / name).glob("LICENSE*")}
