# SPDX-License-Identifier: GPL-2.0
"""Another kmod in the guests than their distribution's, for those who change kmod: KMOD=<prefix>.

All of its tools are one program, of many names. It comes with the host's libraries, in a directory
of its own, so that it runs on whatever userland the guest has.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..host import cache, cpio, elf
from ..host.errors import HarnessError
from ..host.paths import BUILD
from ..host.progress import step
from ..host.run import run

_PLACE = "/opt/kmod"
# What update-initramfs runs in a guest: ldd does not tell it of a loader that is elsewhere.
_HOOK = f"""#!/bin/sh
[ "$1" = prereqs ] || {{ mkdir -p "$DESTDIR{_PLACE}" && cp {_PLACE}/* "$DESTDIR{_PLACE}"; }}
"""
# Opened by name, when a module wants unpacking or a signature reading.
_OPENED = re.compile(rb"lib(?:lzma|zstd|z|crypto)\.so\.\d+")


def program(prefix: str) -> Path:
    """Return the kmod program that a build was installed to a prefix with.

    Raises HarnessError where there is none.
    """
    for directory in ("bin", "sbin", "usr/bin"):
        found = Path(prefix, directory, "kmod")
        if os.access(found, os.X_OK):
            return found
    raise HarnessError(f"KMOD={prefix} has no bin/kmod: it must be the prefix that a build of kmod "
                       "was installed to")


def into(initramfs: Path, kmod: Path | None) -> Path:
    """Return a guest's archive with another kmod in it, or as it is without.

    Raises HarnessError where that one cannot run here, or misses a library.
    """
    if not kmod:
        return initramfs
    content, libraries = _relocated(kmod)
    digest = hashlib.sha256(f"{initramfs}".encode() + content + cpio.newc(libraries))
    made = BUILD / f"kmod/{digest.hexdigest()[:12]}.cpio.lz4"
    with cache.lock(made.with_suffix(".lock")):
        if not made.exists():
            with step(f"Putting {kmod} into the guest"):
                _repack(initramfs, content, libraries, made)
    return made


def _relocated(program: Path) -> tuple[bytes, cpio.Files]:
    """Return the program, made to find its libraries in the guest, and these as they lie there."""
    loader = elf.linked(program).loader
    if not loader:
        return program.read_bytes(), {}
    with tempfile.TemporaryDirectory(prefix="taskmods-") as scratch:
        patched = Path(scratch, "kmod")
        shutil.copy(program, patched)
        run(["patchelf", "--set-interpreter", f"{_PLACE}/{Path(loader).name}",
             "--force-rpath", "--set-rpath", _PLACE, patched], "point kmod to its libraries")
        content = patched.read_bytes()
    files = {f"{_PLACE}/{name}": (0o755, path.read_bytes())
             for name, path in {Path(loader).name: Path(loader), **_libraries(program)}.items()}
    return content, {**files, "/etc/initramfs-tools/hooks/other-kmod": (0o755, _HOOK.encode())}


def _libraries(program: Path) -> dict[str, Path]:
    """Return by name the libraries that it is linked to, and those it may open that are here."""
    names = {name.decode() for name in _OPENED.findall(program.read_bytes())}
    opened = {name: place for name in names
              if (place := elf.of_host(name, elf.linked(program)))}
    return {**opened, **elf.libraries([program, *opened.values()], elf.of_host)}


def _repack(initramfs: Path, program: bytes, libraries: cpio.Files, made: Path) -> None:
    """Write the archive with these in it: what comes later wins."""
    whole = subprocess.run(["lz4", "-dcq", initramfs], capture_output=True, check=True).stdout
    # A directory would take the place of a link.
    place = "/usr/bin/kmod" if b"usr/bin/kmod\0" in whole else "/bin/kmod"
    addition = cpio.newc({**libraries, place: (0o755, program)})
    unfinished = made.with_suffix(".new")
    with open(unfinished, "wb") as file:
        subprocess.run(["lz4", "-lq"], input=whole + addition, stdout=file, check=True)
    unfinished.rename(made)
