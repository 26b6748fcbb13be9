# SPDX-License-Identifier: GPL-2.0
"""What a program or a library is linked to, read from its file: it need not run here."""

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

from .errors import HarnessError
from .run import run


@dataclass(frozen=True)
class Linked:
    """The loader that a file asks for ("" for none), the libraries by name, and where it has them
    looked for first.
    """

    loader: str
    libraries: tuple[str, ...]
    path: tuple[Path, ...]


def linked(path: Path) -> Linked:
    """Return what an ELF file is linked to.

    Raises ELFError where it is none.
    """
    with open(path, "rb") as file:
        elf = ELFFile(file)
        loaders = [segment.get_interp_name() for segment in elf.iter_segments("PT_INTERP")]
        dynamic = elf.get_section_by_name(".dynamic")
        tags = list(dynamic.iter_tags()) if dynamic else []
    origin = str(path.resolve().parent)
    places = [place.replace("$ORIGIN", origin).replace("${ORIGIN}", origin)
              for tag in tags if tag.entry.d_tag in ("DT_RPATH", "DT_RUNPATH")
              for place in getattr(tag, tag.entry.d_tag[3:].lower()).split(":")]
    return Linked(loaders[0] if loaders else "",
                  tuple(tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"),
                  tuple(Path(place) for place in places))


def libraries(files: Iterable[Path], find: Callable[[str, Linked], Path | None]
              ) -> dict[str, Path]:
    """Return by name the libraries that files need, directly or not; `find` says where one is.

    Raises HarnessError where it is nowhere.
    """
    found: dict[str, Path] = {}
    todo = list(files)
    while todo:
        file = todo.pop()
        one = linked(file)
        for name in one.libraries:
            place = find(name, one)
            if not place:
                raise HarnessError(f"{file} needs {name}, which is not there: install it, or set "
                                   "LD_LIBRARY_PATH")
            if name not in found:
                found[name] = place
                todo.append(place)
    return found


def of_host(name: str, wanted_by: Linked) -> Path | None:
    """Return where the host has a library, as its loader would look for it; None for nowhere."""
    asked = (Path(place) for place in os.environ.get("LD_LIBRARY_PATH", "").split(":") if place)
    for place in (*wanted_by.path, *asked):
        if (place / name).exists():
            return place / name
    return _known().get(name)


@functools.cache
def _known() -> dict[str, Path]:
    """Return the libraries of the loader's cache; what comes first there is for this processor."""
    lines = run(["/sbin/ldconfig", "-p"], "list libraries").splitlines()[1:]
    return {line.split()[0]: Path(line.rpartition("=> ")[2]) for line in reversed(lines)
            if "=>" in line}
