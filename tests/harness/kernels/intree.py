# SPDX-License-Identifier: GPL-2.0
"""Modules of a kernel's own tree, brought into a guest by name with what they need.

Guests have what is built into their kernel, and none of its modules: there are thousands, and each
would be in every guest's memory.
"""

import functools
import re
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath

from ..host import cache
from ..host.apt import Archive
from ..host.errors import HarnessError
from ..host.progress import step
from ..host.run import run
from .kernel import Kernel
from .table import KERNELS, SOURCE

_SUFFIX = re.compile(r"\.ko(\.\w+)?$")


def files(kernel: Kernel, names: tuple[str, ...]) -> dict[str, bytes]:
    """Return what VM's `files` takes to have modules of the kernel's own, and what they need.

    That is what depmod finds by their symbols, and what they ask for by softdep.
    Those that are built into the kernel are there already. `names` are as modprobe takes them, but
    no aliases. After them the guest needs a depmod.
    Raises HarnessError where the kernel has none of a name, or its modules cannot be had.
    """
    if not names:
        return {}
    there = _needs(kernel)
    builtin = _builtin(kernel)
    waiting = [name.replace("-", "_") for name in names]
    for name in waiting:
        if name not in there and name not in builtin:
            raise HarnessError(f"{kernel.release} has no module {name} of its own, and none built "
                               "in: is it another kernel's, or an alias?")
    wanted: dict[str, bytes] = {}
    while waiting:
        for path in there.get(waiting.pop(), ()):
            target = f"/lib/modules/{kernel.release}/{path}"
            if target not in wanted:
                wanted[target] = (_place(kernel) / path).read_bytes()
                waiting += [module for asked in _softdeps(kernel).get(_name(path), ())
                            for module in aliased(kernel, asked)]
    return wanted


def has(kernel: Kernel, name: str) -> bool:
    """Return whether the kernel has a module of its own of that name, or has it built in.

    Raises HarnessError where its modules cannot be had.
    """
    return name in _needs(kernel) or name in _builtin(kernel)


def aliased(kernel: Kernel, alias: str) -> list[str]:
    """Return the kernel's own modules that an alias, or a name, stands for: none, or some.

    Raises HarnessError where its modules cannot be had.
    """
    wanted = alias.replace("-", "_")
    named = [wanted] if wanted in _needs(kernel) else []
    return sorted({*named, *(module for pattern, module in _aliases(kernel)
                             if fnmatchcase(wanted, pattern))})


@functools.cache
def _aliases(kernel: Kernel) -> list[tuple[str, str]]:
    text = (_place(kernel) / "modules.alias").read_text(encoding="ascii")
    rows = (line.split() for line in text.splitlines() if line.startswith("alias "))
    return [(row[1].replace("-", "_"), row[2].replace("-", "_")) for row in rows if len(row) == 3]


def _builtin(kernel: Kernel) -> set[str]:
    return {_name(line) for line in
            (kernel.modules / "modules.builtin").read_text(encoding="ascii").split()}


@functools.cache
def _needs(kernel: Kernel) -> dict[str, tuple[str, ...]]:
    """Return for each module its file, and those of all that it needs, directly or not."""
    lines = (_place(kernel) / "modules.dep").read_text(encoding="ascii").splitlines()
    return {_name(line.partition(":")[0]): tuple(line.replace(":", "").split()) for line in lines}


@functools.cache
def _softdeps(kernel: Kernel) -> dict[str, list[str]]:
    """Return for each module what it asks for by softdep: names, or aliases."""
    text = (_place(kernel) / "modules.softdep").read_text(encoding="ascii")
    rows = (line.split() for line in text.splitlines() if line.startswith("softdep "))
    return {name.replace("-", "_"): [word for word in words if word not in ("pre:", "post:")]
            for _, name, *words in rows}


def _name(path: str) -> str:
    return _SUFFIX.sub("", PurePosixPath(path).name).replace("-", "_")


def _place(kernel: Kernel) -> Path:
    """Return where the kernel's own modules are, with their modules.dep; downloaded at first."""
    if KERNELS[kernel.name].image == SOURCE:
        return kernel.modules
    place = cache.entry(f"intree-{kernel.name}-{kernel.release}", "", partial(_fetch, kernel))
    return place / "lib/modules" / kernel.release


def _fetch(kernel: Kernel, place: Path) -> None:
    entry = KERNELS[kernel.name]
    with step(f"Downloading the modules of {kernel.release} (about 30 MB)"), \
            Archive(place / "scratch", entry.suite, entry.architecture) as archive:
        image = f"linux-image-{kernel.release}"
        archive.version(image)
        # Newer suites have a kernel's modules in a package of their own.
        packages = [image, *(name for name in archive.depends(image, "linux-modules-")
                             if name.endswith(kernel.release))]
        archive.extract(sorted(set(packages)), archive.scratch / "root")
        (modules,) = (path for path in (archive.scratch / "root").glob("**/lib/modules/*")
                      if path.name == kernel.release)
        (place / "lib/modules").mkdir(parents=True)
        modules.rename(place / "lib/modules" / kernel.release)
    run(["/sbin/depmod", "-b", place, kernel.release], "find what modules need")
