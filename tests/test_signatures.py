# SPDX-License-Identifier: GPL-2.0
"""Signed modules: whose signature the kernel takes, and what it says to the others."""

from pathlib import Path

import pytest

from conftest import Boot
from harness import build, firmware, host, signing
from harness.build import SUITE
from harness.errors import HarnessError
from harness.signing import Key
from harness.vm import VM, Parts

ENFORCED = "module.sig_enforce=1"
OUT_OF_TREE, UNSIGNED = 1 << 12, 1 << 13
CORE = "/opt/signed/core_mod.ko"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    """The key that the firmware trusts, where a test asks for that."""
    return signing.make_key(tmp_path_factory.mktemp("key"), "taskmods test")


@pytest.fixture(scope="module")
def signed(parts: Parts, key: Key) -> dict[str, bytes]:
    """The three modules, signed, by name."""
    return {path.stem: signing.sign(parts.kernel, key, path)
            for path in build.suite(parts.kernel)}


def tainted(vm: VM) -> int:
    return int(vm.read("/proc/sys/kernel/tainted"))


def assert_rejected(vm: VM, path: str, logs: list[str]) -> None:
    """The tool and the raw call see EKEYREJECTED, the log has `logs`, and nothing is left."""
    before, since = tainted(vm), vm.log_end()
    result = vm.run("insmod", path)
    assert result.status == 1
    assert result.err.endswith(": Key was rejected by service\n"), result.err
    assert [record.text for record in vm.log(since)] == logs
    assert vm.call("finit_module", path, "0", "") == "EKEYREJECTED"
    assert (vm.modules(), tainted(vm)) == ({}, before)


def changed(module: bytes) -> bytes:
    """The module with one letter of its description made a capital."""
    assert module.count(b"description=Task-") == 1
    return module.replace(b"description=Task-", b"description=TAsk-")


def test_a_key_in_the_firmware_is_trusted(boot: Boot, parts: Parts, key: Key,
                                          signed: dict[str, bytes]) -> None:
    """All three load without taint E, where what was changed or is not signed does not load."""
    vm = boot(append=ENFORCED, firmware=firmware.trusting(key.certificate.read_bytes()),
              files={f"{parts.suite_dir}/{name}.ko": data for name, data in signed.items()}
              | {"/opt/changed.ko": changed(signed["core_mod"]),
                 "/opt/unsigned.ko": build.suite(parts.kernel)[0].read_bytes()})
    assert_rejected(vm, "/opt/changed.ko", [])
    assert_rejected(vm, "/opt/unsigned.ko", ["Loading of unsigned module is rejected"])
    assert tainted(vm) == 0
    vm.run("depmod", check=True)
    since = vm.log_end()
    vm.run("modprobe", "report_mod", check=True)
    assert {name: module.taint for name, module in vm.modules().items()} == dict.fromkeys(
        SUITE, "O")
    assert tainted(vm) == OUT_OF_TREE
    assert not [record for record in vm.log(since) if "verification failed" in record.text]
    assert vm.run("modinfo", "-F", "signer", "core_mod").out == "taskmods test\n"
    vm.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    assert "\x1b" not in vm.qemu.console()


def test_an_unknown_key_is_refused_where_signatures_are_enforced(
        boot: Boot, signed: dict[str, bytes]) -> None:
    vm = boot(append=ENFORCED, files={CORE: signed["core_mod"]})
    assert_rejected(vm, CORE, ["Loading of module with unavailable key is rejected"])


def test_an_unknown_key_counts_as_none_elsewhere(boot: Boot, signed: dict[str, bytes]) -> None:
    vm = boot(files={CORE: signed["core_mod"]})
    since = vm.log_end()
    vm.run("insmod", CORE, check=True)
    assert vm.modules()["core_mod"].taint == "OE"
    assert tainted(vm) == OUT_OF_TREE | UNSIGNED
    assert ("core_mod: module verification failed: signature and/or required key missing - "
            "tainting kernel") in [record.text for record in vm.log(since)]
    assert vm.run("modinfo", "-F", "signer", CORE).out == "taskmods test\n"
    vm.run("rmmod", "core_mod", check=True)


HEADER = bytes.fromhex("782cf3aa 7b949a43 a1802e14 4ec37792") + bytes(12)
STORES = {
    "another-kind": bytes(0x48) + bytes(len(HEADER)) + b"\xff" * 4096,
    "not-empty": bytes(0x48) + HEADER + b"\xaa" + b"\xff" * 4096,
    "too-small": bytes(0x48) + HEADER + b"\xff" * 8,
}


@pytest.mark.parametrize("store", STORES)
def test_firmware_of_an_unknown_format_is_an_error(monkeypatch: pytest.MonkeyPatch,
                                                   tmp_path: Path, store: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = tmp_path / "taskmods" / f"firmware-{host.codename()}"
    place.mkdir(parents=True)
    (place / "OVMF_CODE_4M.fd").write_bytes(b"")
    (place / "OVMF_VARS_4M.fd").write_bytes(STORES[store])
    with pytest.raises(HarnessError, match="not an empty store of the known format"):
        firmware.trusting(b"certificate")
