# SPDX-License-Identifier: GPL-2.0
"""A kernel that looks for mistakes, in itself and in modules; Debian has none, so it is built here.

It comes from Debian's linux-source and tests/debug.config, takes some minutes once, and
lies in the cache as Debian's packages would have laid it out.
"""

import re
import shutil
from pathlib import Path

from ..host import cache
from ..host.errors import HarnessError
from ..host.paths import TOP
from ..host.progress import step
from ..host.run import run
from ..host.system import codename, processors
from . import source
from .kernel import Kernel
from .toolchain import Toolchain

_CONFIG = TOP / "tests/debug.config"
# Both configurations, of which the later line counts. What neither names is off.
_ALL = "all.config"
_CONFIGURE = (("tinyconfig",), (f"KCONFIG_ALLCONFIG={_ALL}", "allnoconfig"))
_BUILD = ("bzImage", "modules")
# What building modules takes of the tree, signing them included, besides ...
_HEADERS = ("Makefile", ".config", "Module.symvers", "arch/x86/Makefile", "arch/x86/include",
            "certs/signing_key.pem", "certs/signing_key.x509", "include", "scripts",
            "tools/objtool/objtool")
# ... what only the kernel's own build needs.
_LEFT_OUT = ("*.o", "*.cmd", "*.a", "kconfig", "dtc", "gdb", "coccinelle", "gcc-plugins", "package")
_LISTS = ("modules.order", "modules.builtin", "modules.builtin.modinfo")
_NAMED = re.compile(r"^(?:# )?(CONFIG_\w+)(?:=.*| is not set)$", re.MULTILINE)


def get(name: str) -> Kernel:
    """Return the kernel, by its name in kernels.py, built at first; later runs work offline.

    Raises HarnessError where its source cannot be had, or it does not become what debug.config
    says.
    """
    place = cache.entry(*entry_of(name), _make)
    return _kernel(name, (place / "release").read_text(encoding="ascii").strip(), place)


def entry_of(name: str) -> tuple[str, str]:
    """Return the name of the kernel's entry in the cache, and the recipe of it."""
    return (f"kernel-{name}-{codename()}",
            repr((_wanted(), _CONFIGURE, _BUILD, _HEADERS, _LEFT_OUT)))


def _kernel(name: str, release: str, place: Path) -> Kernel:
    """Return it as the host's tools built it, for programs of the host's suite."""
    return Kernel(name, release, place, codename(), Toolchain())


def _wanted() -> list[str]:
    """Return the lines of debug.config that are no comments."""
    return [match[0] for match in _NAMED.finditer(_CONFIG.read_text(encoding="ascii"))]


def _make(place: Path) -> None:
    tree = place / "tree"
    tree.mkdir()
    with step("Unpacking the kernel's source"):
        source.unpack(tree)
    with step("Building a kernel that looks for mistakes (once; minutes)"):
        start, finish = _CONFIGURE
        _run_make(tree, *start)
        tiny, ours = ((tree / ".config").read_text(encoding="ascii"),
                      _CONFIG.read_text(encoding="ascii"))
        (tree / _ALL).write_text(tiny + ours, encoding="ascii")
        _run_make(tree, *finish)
        judge(_wanted(), (tree / ".config").read_text(encoding="ascii"))
        _run_make(tree, f"-j{processors()}", *_BUILD)
    lay_out(tree, place)
    shutil.rmtree(tree)


def _run_make(tree: Path, *words: str) -> None:
    # That it is set, to nothing, keeps the state of a git repository around out of the name.
    run(["make", "-s", "-C", tree, "LOCALVERSION=", *words], "build the debug kernel")


def judge(wanted: list[str], config: str) -> None:
    """Compare the lines of debug.config with a configuration that the kernel's tools made of it.

    Raises HarnessError with those that are not in it.
    """
    lines = set(config.splitlines())
    options = set(re.findall(r"^(CONFIG_\w+)=", config, re.MULTILINE))
    lost = [line for line in wanted
            if (line not in lines if "=" in line else line.split()[1] in options)]
    if lost:
        raise HarnessError(f"{_CONFIG.name} asks for what this source does not have, or not with "
                           f"the rest of it: {', '.join(lost)}")


def lay_out(tree: Path, place: Path) -> None:
    """Put what is needed of a built tree where a kernel's packages have it, below `place`."""
    release = (tree / "include/config/kernel.release").read_text(encoding="ascii").strip()
    kernel = _kernel("", release, place)
    for directory in (kernel.image.parent, kernel.modules, kernel.kdir):
        directory.mkdir(parents=True)
    shutil.copy(tree / "arch/x86/boot/bzImage", kernel.image)
    shutil.copy(tree / ".config", kernel.image.with_name(f"config-{release}"))
    for name in _LISTS:
        shutil.copy(tree / name, kernel.modules)
    for name in _HEADERS:
        target = kernel.kdir / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (tree / name).is_dir():
            shutil.copytree(tree / name, target, symlinks=True,
                            ignore=shutil.ignore_patterns(*_LEFT_OUT))
        else:
            shutil.copy(tree / name, target)
    (place / "release").write_text(release + "\n", encoding="ascii")
