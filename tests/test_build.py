# SPDX-License-Identifier: GPL-2.0
"""The modules build on every kernel without a word of the compiler's."""

from pathlib import Path

import pytest

from harness.commands import check
from harness.guest.recipe import Parts
from harness.host.errors import HarnessError
from harness.host.paths import BUILD, TOP
from harness.kernels import build
from harness.kernels.build import Edit

OPTIONS = ("W=1", "KCFLAGS=-Werror")
# What is made of a source, to see that it would be noticed: a warning, or modpost's alone.
EDITS: dict[str, Edit] = {
    "unused": ("count.c", "\tpid_t pos = 0;", "\tpid_t pos = 0, unused;"),
    "nameless": ("walker_mod/main.c", "MODULE_LICENSE(\"GPL\");", ""),
}


def test_the_modules_build_silently(parts: Parts) -> None:
    """What warns is compiled each time, as it never comes to be; modpost looks at all of it."""
    stage = BUILD / parts.kernel.release / "silent"
    for made in (*stage.glob("Module.symvers"), *stage.glob("*/*.ko")):
        made.unlink()
    said = build.compile_tree(parts.kernel, TOP, stage, OPTIONS)
    assert "MODPOST" in said and "walker_mod.ko" in said
    assert check.complaints(said) == []


@pytest.mark.parametrize("name", EDITS)
def test_a_warning_is_noticed(parts: Parts, name: str) -> None:
    """Only what was edited is compiled, but at first."""
    stage = BUILD / parts.kernel.release / f"warned-{name}"
    for compiled in stage.glob(f"*/{Path(EDITS[name][0]).stem}.o"):
        compiled.unlink()
    try:
        said = build.compile_tree(parts.kernel, TOP, stage, OPTIONS, (EDITS[name],))
    except HarnessError as error:
        said = str(error)
    assert check.complaints(said) != []
