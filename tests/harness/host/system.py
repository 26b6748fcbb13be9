# SPDX-License-Identifier: GPL-2.0
"""The host itself: whose distribution it is, which boot of it, and how much of it is ours."""

import functools
import os
import platform
from pathlib import Path

from .errors import HarnessError
from .run import run


def codename() -> str:
    """Return the host's Debian suite, e.g. "bookworm".

    Raises HarnessError on anything but Debian.
    """
    release = platform.freedesktop_os_release()
    if release.get("ID") != "debian" or "VERSION_CODENAME" not in release:
        raise HarnessError("this host is not Debian, whose packages the VM is made of: "
                           "use a Debian 12 or 13 machine or container")
    return release["VERSION_CODENAME"]


@functools.cache
def host_architecture() -> str:
    """Return Debian's name of this host's architecture.

    Raises HarnessError where dpkg cannot tell.
    """
    return run(["dpkg", "--print-architecture"], "ask for this host's architecture").strip()


def processors() -> int:
    """Return how many processors we may use: a container may have fewer than the machine."""
    return len(os.sched_getaffinity(0))


def boot_id() -> str:
    """Return what names this boot of the host."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
