# SPDX-License-Identifier: GPL-2.0
"""The firmware that has a certificate of ours; what the kernel makes of it is a behaviour."""

import struct
from pathlib import Path

import pytest

from harness.guest import firmware
from harness.host import cache
from harness.host.errors import HarnessError
from harness.kernels.architectures import ARCHITECTURES

HEADER = bytes.fromhex("782cf3aa 7b949a43 a1802e14 4ec37792") + bytes(12)
STORES = {
    "another-kind": bytes(0x48) + bytes(len(HEADER)) + b"\xff" * 4096,
    "not-empty": bytes(0x48) + HEADER + b"\xaa" + b"\xff" * 4096,
    "too-small": bytes(0x48) + HEADER + b"\xff" * 8,
}


@pytest.mark.parametrize("store", STORES)
def test_firmware_of_an_unknown_format_is_an_error(monkeypatch: pytest.MonkeyPatch,
                                                   tmp_path: Path, store: str) -> None:
    monkeypatch.setattr(cache, "entry", lambda *_: tmp_path)
    (tmp_path / "code").write_bytes(b"")
    (tmp_path / "variables").write_bytes(STORES[store])
    with pytest.raises(HarnessError, match="not an empty store of the known format"):
        firmware.trusting(b"certificate", ARCHITECTURES["amd64"])


def test_a_store_that_its_firmware_would_format_is_formatted(monkeypatch: pytest.MonkeyPatch,
                                                             tmp_path: Path) -> None:
    monkeypatch.setattr(cache, "entry", lambda *_: tmp_path)
    (tmp_path / "code").write_bytes(b"")
    (tmp_path / "variables").write_bytes(bytes(1 << 20))
    store = firmware.trusting(b"certificate", ARCHITECTURES["arm64"]).variables
    assert len(store) == 1 << 20 and b"certificate" in store[:512]
    # The header's sixteen-bit words add up to 0.
    assert sum(struct.unpack("<36H", store[:0x48])) & 0xFFFF == 0


def test_firmware_of_an_architecture_without_any_is_an_error() -> None:
    with pytest.raises(HarnessError, match="knows no UEFI firmware for s390x"):
        firmware.trusting(b"certificate", ARCHITECTURES["s390x"])
