# SPDX-License-Identifier: GPL-2.0
"""What guests are made of."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..host import cpio
from ..host.paths import TOP
from ..kernels import build
from ..kernels.kernel import Kernel
from ..kernels.suite import OURS, Suite
from . import helpers, qemu
from .places import FIXTURES_DIR, GUEST_DIR

# A guest under emulation on a busy host takes seconds; one that takes longer never comes.
BOOT_TIMEOUT = 60.0


@dataclass(frozen=True)
class Parts:
    """What guests are made of: a kernel, its userland, and what is laid over it.

    `suite` are the modules to try, `kmod` is another than that userland's, if any;
    `arguments` are those that the kernel needs for that userland, `memory` is QEMU's -m,
    `boot_timeout` the seconds within which its agent answers. `at_close` is called with each guest
    before it is ended.
    """

    kernel: Kernel
    initramfs: Path
    overlay: bytes
    accelerator: str
    suite: Suite = OURS
    kmod: Path | None = None
    arguments: str = ""
    memory: str = qemu.MEMORY
    boot_timeout: float = BOOT_TIMEOUT
    at_close: Callable[..., None] | None = field(default=None, repr=False)

    @property
    def suite_dir(self) -> str:
        """Where the guest has the modules of the suite."""
        return f"/lib/modules/{self.kernel.release}/{self.suite.directory}"


def overlay(kernel: Kernel, suite: Suite, fixtures: bool) -> bytes:
    """Return what is laid over the small userland: what any guest has, and its first program.

    Raises HarnessError where that cannot be built.
    """
    init = (TOP / "tests/guest/init").read_bytes()
    return cpio.newc({**installed(kernel, suite, fixtures), "/init": (0o755, init)})


@functools.cache
def installed(kernel: Kernel, suite: Suite = OURS, fixtures: bool = True) -> cpio.Files:
    """Return what any guest has of ours: the agent, a suite's modules, and their configuration.

    With `fixtures` it has the modules of tests/modules/, too.
    Raises HarnessError where that cannot be built.
    """
    modules = f"/lib/modules/{kernel.release}"
    files = {f"/etc/modprobe.d/{path.name}": (0o644, path) for path in suite.configuration}
    for path in helpers.built(kernel.architecture):
        files[f"{GUEST_DIR}/{path.name}"] = (0o755, path)
    for path in build.suite(kernel, of=suite).values() if suite.modules else ():
        files[f"{modules}/{suite.directory}/{path.name}"] = (0o644, path)
    for path in kernel.lists:
        files[f"{modules}/{path.name}"] = (0o644, path)
    for path in build.fixtures(kernel).values() if fixtures else ():
        files[f"{FIXTURES_DIR}/{path.name}"] = (0o644, path)
    return {name: (mode, path.read_bytes()) for name, (mode, path) in files.items()}
