# SPDX-License-Identifier: GPL-2.0
"""The usual guest on a kernel: small, with our modules installed, and as fast as it can be had."""

import functools
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..host import cache
from ..host.errors import GuestError
from ..host.progress import step
from ..host.system import boot_id
from ..kernels.kernel import Kernel
from ..kernels.suite import OURS, Suite
from . import otherkmod, recipe, small
from .recipe import Parts
from .vm import VM

_KVM_TIMEOUT = 8.0


@functools.cache
def parts(kernel: Kernel, kmod: Path | None = None, fixtures: bool = True,
          suite: Suite = OURS) -> Parts:
    """Get or build all that a guest needs, the modules in tests/modules/ if asked; once a run.

    `kmod` is a program that takes the place of the userland's.

    Raises HarnessError where something cannot be had or built.
    """
    initramfs = otherkmod.into(small.initramfs(kernel.userland, kernel.architecture), kmod)
    overlay = recipe.overlay(kernel, suite, fixtures)
    made = Parts(kernel, initramfs, overlay, "tcg", suite, kmod)
    return replace(made, accelerator=_accelerator(made))


def _accelerator(candidate: Parts) -> str:
    """Return "kvm" where a guest has booted under it since the host's boot, else "tcg"."""
    if not candidate.kernel.architecture.is_host:
        return "tcg"
    answer = cache.root() / "accelerator"
    try:
        with open("/dev/kvm", "r+b"):
            pass
    except OSError:
        return "tcg"
    try:
        boot, known = answer.read_text(encoding="ascii").split()
        if boot == boot_id():
            return known
    except (FileNotFoundError, ValueError):
        pass
    with step("Trying whether a guest boots under KVM"):
        try:
            VM(replace(candidate, accelerator="kvm"), boot_timeout=_KVM_TIMEOUT).close()
            found = "kvm"
        except GuestError:
            found = "tcg"
    with suppress(OSError):
        answer.write_text(f"{boot_id()} {found}\n", encoding="ascii")
    return found
