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

from ..host import cache, cpio
from ..host.errors import HarnessError
from ..host.paths import BUILD
from ..host.progress import step
from ..host.run import run

_PLACE = "/opt/kmod"
# What update-initramfs runs in a guest: ldd does not tell it of an interpreter that is elsewhere.
_HOOK = f"""#!/bin/sh
[ "$1" = prereqs ] || {{ mkdir -p "$DESTDIR{_PLACE}" && cp {_PLACE}/* "$DESTDIR{_PLACE}"; }}
"""
_INTERPRETER = re.compile(r"(/\S*/ld-linux\S*) \(")
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
    interpreter, libraries = _needs(program)
    if not interpreter:
        return program.read_bytes(), {}
    with tempfile.TemporaryDirectory(prefix="taskmods-") as scratch:
        patched = Path(scratch, "kmod")
        shutil.copy(program, patched)
        run(["patchelf", "--set-interpreter", f"{_PLACE}/{Path(interpreter).name}",
             "--force-rpath", "--set-rpath", _PLACE, patched], "point kmod to its libraries")
        content = patched.read_bytes()
    files = {f"{_PLACE}/{path.name}": (0o755, path.read_bytes())
             for path in {Path(interpreter), *libraries}}
    return content, {**files, "/etc/initramfs-tools/hooks/other-kmod": (0o755, _HOOK.encode())}


def _needs(program: Path) -> tuple[str, set[Path]]:
    """Return the interpreter of a program, or "" if it is static, and the libraries it may open."""
    interpreter, libraries = _linked(program)
    known = run(["/sbin/ldconfig", "-p"], "list libraries")
    for name in set(_OPENED.findall(program.read_bytes())):
        opened = re.search(rf"{re.escape(name.decode())} .*x86-64.* => (/\S+)", known)
        if opened:
            libraries |= {Path(opened[1]), *_linked(Path(opened[1]))[1]}
    return interpreter, libraries


def _linked(file: Path) -> tuple[str, set[Path]]:
    """Return the interpreter and the libraries that a program or library is linked to."""
    said = subprocess.run(["ldd", file], text=True, capture_output=True, check=False)
    if "not a dynamic executable" in said.stderr + said.stdout:
        return "", set()
    lost = re.search(r"(\S+) => not found", said.stdout)
    if said.returncode or lost:
        raise HarnessError(f"{file} does not run here: " + (
            f"it lacks {lost[1]}: install it, or set LD_LIBRARY_PATH" if lost
            else said.stderr.strip()))
    interpreter = _INTERPRETER.search(said.stdout)
    return (interpreter[1] if interpreter else "",
            {Path(path) for path in re.findall(r"=> (/\S+)", said.stdout)})


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
