# SPDX-License-Identifier: GPL-2.0
"""The modules build on every kernel without a word of the compiler's."""

import shutil

import pytest

from harness import build, cache, check, host
from harness.build import Edit
from harness.errors import HarnessError
from harness.vm import Parts

OPTIONS = ("W=1", "KCFLAGS=-Werror")
# What is made of a source, to see that it would be noticed: a warning, or modpost's alone.
EDITS: dict[str, Edit] = {
    "unused": ("count.c", "\tpid_t pos = 0;", "\tpid_t pos = 0, unused;"),
    "nameless": ("walker_mod.c", "MODULE_LICENSE(\"GPL\");", ""),
}


def test_the_modules_build_silently(parts: Parts) -> None:
    stage = host.BUILD / parts.kernel.release / "silent"
    shutil.rmtree(stage, ignore_errors=True)
    said = build.compile_tree(parts.kernel, host.TOP, stage, OPTIONS)
    assert "walker_mod.ko" in said
    assert check.complaints(said) == []


@pytest.mark.parametrize("name", EDITS)
def test_a_warning_is_noticed(parts: Parts, name: str) -> None:
    """What has not changed is not built anew: of that nothing is said."""
    stage = host.BUILD / parts.kernel.release / "warned"
    with cache.lock(stage.with_suffix(".lock")):
        build.compile_tree(parts.kernel, host.TOP, stage, OPTIONS)
        try:
            said = build.compile_tree(parts.kernel, host.TOP, stage, OPTIONS, (EDITS[name],))
        except HarnessError as error:
            said = str(error)
    assert check.complaints(said) != []
