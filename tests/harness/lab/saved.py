# SPDX-License-Identifier: GPL-2.0
"""The guest after its boot, saved by v86 without a browser: what the page goes on with."""

import json
from pathlib import Path

from ..host import cache
from ..host.progress import step
from ..host.run import run
from ..host.paths import TOP
from ..kernels.kernel import Kernel
from . import guest, vendor

NAME = "state.bin.zst"
_SITE = TOP / "site"
# Everyone who opens the page downloads it: so it is made as small as can be.
_COMPRESS = ("zstd", "-q", "--ultra", "-22")
_FIRMWARE = Path("/usr/share/seabios")


def get(kernel: Kernel) -> Path:
    """Return the saved state, made at first: the kernel boots in v86, which takes minutes.

    It fits the one version of v86 and the machine of site/js/machine.json, and nothing else.
    Raises HarnessError where it cannot be made.
    """
    machine = (_SITE / "js/machine.json").read_text(encoding="utf-8")
    made_by = json.dumps([guest.recipe(kernel), machine, vendor.packages()["v86"], _COMPRESS,
                          (_SITE / "save-state.mjs").read_text(encoding="utf-8")])
    return cache.entry("lab-state", made_by, lambda place: _make(kernel, place)) / NAME


def _make(kernel: Kernel, place: Path) -> None:
    scratch = place / "initrd"
    scratch.write_bytes(guest.initrd(kernel))
    raw = place / NAME.removesuffix(".zst")
    with step("Booting the lab's kernel in v86, to save it (minutes)"):
        run(["node", _SITE / "save-state.mjs", vendor.get() / "v86/build", _FIRMWARE, kernel.image,
             scratch, raw], "boot the lab's kernel in v86")
    with step("Compressing what was saved"):
        run([*_COMPRESS, "--rm", raw, "-o", place / NAME], "compress the state")
    scratch.unlink()
