# SPDX-License-Identifier: GPL-2.0
"""stress-ng for a guest, with the libraries that it needs and nothing else of the archive's."""

import hashlib
import re
import shutil
from pathlib import Path

from . import cache, host, userland
from .errors import HarnessError
from .progress import step

# In the guest. It brings its own libc, so that it runs on another suite's userland.
PLACE = "/opt/stress-ng"
_LOADER = "ld-linux-x86-64.so.2"
COMMAND = (f"{PLACE}/{_LOADER}", "--library-path", PLACE, f"{PLACE}/stress-ng")


def files() -> dict[str, bytes]:
    """Return what VM's `files` takes to have the stress-ng of the host's suite.

    Raises HarnessError where it cannot be had.
    """
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    place = cache.entry(f"stress-{host.codename()}-{recipe}", _make)
    return {f"{PLACE}/{path.name}": path.read_bytes() for path in place.iterdir()}


def _make(place: Path) -> None:
    root = place / "root"
    with step("Getting stress-ng and its libraries"):
        userland.unpack(host.codename(), "stress-ng", root, place)
        program = root / "usr/bin/stress-ng"
        for name, path in {program.name: program, **_libraries(root, program)}.items():
            shutil.copy(path, place / name)
    shutil.rmtree(root)


def _libraries(root: Path, program: Path) -> dict[str, Path]:
    """Return the libraries of `root` that a program needs, directly or not, by name.

    They are not run to find out: they may be too new for the host.
    """
    there = {path.name: path for path in root.glob("**/x86_64-linux-gnu/*.so*")}
    found: dict[str, Path] = {}
    todo = [program]
    while todo:
        said = host.run(["readelf", "-d", todo.pop()], "read what stress-ng needs")
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", said):
            if name not in there:
                raise HarnessError(f"stress-ng needs {name}, which none of its packages has")
            if name not in found:
                found[name] = there[name]
                todo.append(there[name])
    return found
