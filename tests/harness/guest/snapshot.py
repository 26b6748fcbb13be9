# SPDX-License-Identifier: GPL-2.0
"""Guests that need not boot: saved once after their boot, and gone on with from there.

What is saved stays in build/, until guests are made of something else. It is good for this boot of
this host, whose time stamp counter is the guest's.
"""

import functools
import hashlib
import shutil
from pathlib import Path

from ..host import cache
from ..host.paths import BUILD
from ..host.progress import step
from ..host.run import run
from ..host.system import boot_id
from . import qemu
from .recipe import Parts
from .vm import VM


def guest(parts: Parts) -> VM:
    """Return a guest as it is after its boot.

    Raises GuestError where it does not come up, HarnessError where it cannot be saved.
    """
    # With the processor's help a boot takes as long as this.
    if parts.accelerator != "tcg" or not parts.kernel.architecture.saves:
        return VM(parts)
    return VM(parts, saved=_saved(parts))


@functools.cache
def _saved(parts: Parts) -> qemu.Saved:
    """Return what is saved of a guest made of `parts`, which boots first where there is none.

    It is kept open: another run, of other parts, may remove it.
    """
    # What is made of something else takes the place of what was saved of the same kind.
    kind = _digest(parts.memory, parts.arguments, bool(parts.kmod))
    place = BUILD / parts.kernel.release / "saved" / kind / _key(parts)
    with cache.lock(place.parent.with_suffix(".lock")):
        if not place.exists():
            shutil.rmtree(place.parent, ignore_errors=True)
            with step("Booting a guest, to have others like it at once"):
                _save(parts, place)
        return qemu.Saved(open(place / "memory", "rb"), open(place / "state", "rb"))


def _save(parts: Parts, place: Path) -> None:
    unfinished = place.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        VM(parts, memory_file=unfinished / "memory").save(unfinished / "state")
        unfinished.rename(place)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _key(parts: Parts) -> str:
    """Return what tells it from all others: its clock is this host's, and of this boot."""
    version = run([parts.kernel.architecture.qemu, "--version"], "ask for QEMU's version")
    return _digest(qemu.COMMAND_LINE, version, boot_id(), parts.kernel, parts.initramfs,
                   hashlib.sha256(parts.overlay).digest(), parts.arguments, parts.memory)


def _digest(*what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]
