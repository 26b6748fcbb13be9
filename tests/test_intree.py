# SPDX-License-Identifier: GPL-2.0
"""Modules of the kernel's own tree, in a guest with what they need."""

import pytest

from harness.guest.recipe import Parts
from harness.host.errors import HarnessError
from harness.kernels import intree
from harness.kernels.table import KERNELS, SOURCE
from harness.observe import loaded
from harness.plugin import Boot

# Of every Debian kernel, with more than one level of what it needs.
MODULE = "nf_nat"


@pytest.fixture(autouse=True)
def _of_debian(parts: Parts) -> None:
    if KERNELS[parts.kernel.name].image == SOURCE:
        pytest.skip(f"{parts.kernel.release} has no {MODULE}: it is built of what tests need")


@pytest.mark.slow
def test_a_module_of_the_kernels_comes_with_what_it_needs(boot: Boot, parts: Parts) -> None:
    guest = boot(files=intree.files(parts.kernel, (MODULE,)))
    guest.sh(f"depmod; modprobe {MODULE}")
    there = loaded.modules(guest)
    assert MODULE in there["nf_conntrack"].users
    # It is in the kernel's tree, and signed by whoever built that: neither taints.
    assert {module.taint for module in there.values()} == {""}
    guest.sh(f"modprobe -r {MODULE}")
    assert MODULE not in loaded.modules(guest)


def test_a_module_that_is_nowhere_gets_one_clear_line(parts: Parts) -> None:
    with pytest.raises(HarnessError, match="has no module nowhere of its own"):
        intree.files(parts.kernel, ("nowhere",))


def test_what_is_built_in_needs_no_file(parts: Parts) -> None:
    assert intree.files(parts.kernel, ("exportfs",)) == {}
