# SPDX-License-Identifier: GPL-2.0
"""UEFI firmware for a guest, with a certificate of ours among those that it trusts.

The kernel takes the certificates in the firmware's variable `db` for its .platform keyring, also
where Secure Boot is off, as it is here: so nothing that boots has to be signed.
"""

import shutil
import struct
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..host import cache
from ..host.apt import Archive
from ..host.errors import HarnessError
from ..host.progress import step
from ..host.system import codename
from ..kernels.architectures import Architecture, Chips

# How its files are called here, and where packages have them.
_CODE, _VARIABLES = "code", "variables"
_DIRECTORY = "usr/share"

# From the UEFI specification and, for the store, EDK II's VariableFormat.h.
_X509_LIST = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
_IMAGE_SECURITY_DATABASE = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")
_AUTHENTICATED_STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792")
_LIST = struct.Struct("<16sIII")  # type, whole size, size of a header, size of each entry
_VOLUME_SIZE = 0x48
# Reserved, type, whole size, signature, attributes, size of the header, its checksum, reserved,
# revision; the number of blocks and their size, twice.
_VOLUME = struct.Struct("<16s16sQ4sIHH3xB4I")
_VARIABLES_VOLUME = uuid.UUID("fff12b8d-7696-4c8b-a985-2747075b4f50")
_BLOCKS, _BLOCK = 3, 0x40000
_STORE = struct.Struct("<16sIBBHI")  # type, size, format, state and reserved
# Start, state, reserved, attributes, count, time, key, sizes of name and data, vendor.
_VARIABLE = struct.Struct("<HBBIQ16sIII16s")
_START, _ADDED = 0x55AA, 0x3F
_ATTRIBUTES = 0x27  # non-volatile, for boot and runtime services, written with a signed time


@dataclass(frozen=True)
class Firmware:
    """What a machine starts from: the program, and its variables as they are at first."""

    code: bytes
    variables: bytes

    @property
    def chips(self) -> tuple[bytes, ...]:
        """What the machine's flash chips hold, in their order."""
        return self.code, self.variables


def trusting(certificate: bytes, architecture: Architecture) -> Firmware:
    """Return an architecture's firmware, with one X.509 certificate in DER as its `db`.

    It is downloaded at first.
    Raises HarnessError where it cannot be had, or its variable store is not as we know it.
    """
    chips = architecture.firmware
    if not chips:
        raise HarnessError(f"the test bench knows no UEFI firmware for {architecture.name}")
    place = cache.entry(f"firmware-{codename()}-{architecture.name}", repr((chips, _DIRECTORY)),
                        partial(_fetch, chips))
    store = _formatted((place / _VARIABLES).read_bytes())
    entry = bytes(16) + certificate  # of no owner in particular
    database = _LIST.pack(_X509_LIST.bytes_le, _LIST.size + len(entry), 0, len(entry)) + entry
    return Firmware((place / _CODE).read_bytes(), _with_variable(store, "db", database))


def _formatted(store: bytes) -> bytes:
    """Return a store, with an empty one's form where it has none yet, as its firmware would."""
    if store.strip(b"\0"):
        return store

    def volume(checksum: int) -> bytes:
        return _VOLUME.pack(b"", _VARIABLES_VOLUME.bytes_le, _BLOCKS * _BLOCK, b"_FVH", 0x4FEFF,
                            _VOLUME_SIZE, checksum, 2, _BLOCKS, _BLOCK, 0, 0)

    total = sum(number for (number,) in struct.iter_unpack("<H", volume(0)))
    header = volume(-total & 0xFFFF) + _STORE.pack(_AUTHENTICATED_STORE.bytes_le,
                                                   _BLOCK - _VOLUME_SIZE, 0x5A, 0xFE, 0, 0)
    return header.ljust(_BLOCKS * _BLOCK, b"\xff") + store[_BLOCKS * _BLOCK:]


def _with_variable(store: bytes, name: str, data: bytes) -> bytes:
    """Return an empty store with one variable in it."""
    kind = _STORE.unpack_from(store, _VOLUME_SIZE)[0]
    start = _VOLUME_SIZE + _STORE.size
    encoded = f"{name}\0".encode("utf-16-le")
    record = _VARIABLE.pack(_START, _ADDED, 0, _ATTRIBUTES, 0, bytes(16), 0, len(encoded),
                            len(data), _IMAGE_SECURITY_DATABASE.bytes_le) + encoded + data
    end = start + len(record)
    erased = b"\xff" * len(record)
    if kind != _AUTHENTICATED_STORE.bytes_le or store[start:end] != erased:
        raise HarnessError("cannot put a certificate into the firmware: its package's variables "
                           "are not an empty store of the known format")
    return store[:start] + record + store[end:]


def _fetch(chips: Chips, place: Path) -> None:
    with step(f"Downloading {chips.package}, the guest's UEFI firmware (about 8 MB)"), \
            Archive(place / "scratch") as archive:
        archive.version(chips.package)
        archive.extract([chips.package], archive.scratch)
        for name, file in ((_CODE, chips.code), (_VARIABLES, chips.variables)):
            shutil.move(archive.scratch / _DIRECTORY / file, place / name)
