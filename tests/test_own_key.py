# SPDX-License-Identifier: GPL-2.0
"""The key that a kernel's build signed its own modules with: who has it signs for that kernel."""

from pathlib import Path

import pytest

from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.host.paths import BUILD
from harness.host.run import run
from harness.observe.loaded import State, states
from harness.plugin import Boot

pytestmark = pytest.mark.needs("CONFIG_MODULE_SIG")

OUT_OF_TREE = 1 << 12


@pytest.fixture
def enforcing(boot: Boot, parts: Parts, tmp_path: Path) -> VM:
    """A guest that takes signed modules only, with core_mod as it was built and signed."""
    certs = parts.kernel.kdir / "certs"
    if not (certs / "signing_key.pem").exists():
        pytest.skip("needs a kernel whose own key is there: its builder keeps it")
    unsigned = BUILD / parts.kernel.release / "suite/core_mod/core_mod.ko"
    signed = tmp_path / "signed.ko"
    run([parts.kernel.kdir / "scripts/sign-file", "sha256", certs / "signing_key.pem",
         certs / "signing_key.x509", unsigned, signed], "sign core_mod")
    return boot(append="module.sig_enforce=1",
                files={"/root/unsigned.ko": unsigned.read_bytes(),
                       "/root/signed.ko": signed.read_bytes()})


def test_signed_with_the_kernels_own_key(enforcing: VM) -> None:
    """It is loaded, and the kernel is not tainted by it but for being out of tree."""
    assert enforcing.run("insmod", "/root/signed.ko").status == 0
    assert states(enforcing) == {"core_mod": State(0, taint="O")}
    assert int(enforcing.read("/proc/sys/kernel/tainted")) == OUT_OF_TREE


def test_unsigned(enforcing: VM) -> None:
    """It is the same but for the signature, and refused."""
    assert enforcing.call("finit_module", "/root/unsigned.ko", "0", "") == "EKEYREJECTED"
    assert states(enforcing) == {}
