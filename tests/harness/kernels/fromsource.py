# SPDX-License-Identifier: GPL-2.0
"""A kernel as Debian has none, so it is built here: one that looks for mistakes, for example.

It comes from Debian's linux-source and the configuration that the table of kernels names, takes
some minutes once, and lies in the cache as Debian's packages would have laid it out.
"""

import os
import re
import shutil
from functools import partial
from pathlib import Path

from ..host import cache, sandbox, tools
from ..host.errors import HarnessError
from ..host.paths import TOP
from ..host.progress import step
from ..host.run import run
from ..host.system import codename, processors
from . import source
from .architectures import ARCHITECTURES, Architecture, user_mode
from .kernel import Kernel
from .table import USER_MODE, Entry
from .toolchain import Toolchain

# Both configurations, of which the later line counts. What neither names is off.
_ALL = "all.config"
_CONFIGURE = (("tinyconfig",), (f"KCONFIG_ALLCONFIG={_ALL}", "allnoconfig"))
_BUILD = ("modules",)
# What building modules takes of the tree, signing them included, besides ...
_HEADERS = ("Makefile", ".config", "Module.symvers", "arch/{arch}/Makefile", "arch/{arch}/include",
            "certs/signing_key.pem", "certs/signing_key.x509", "include", "scripts",
            "tools/objtool/objtool")
# The same of user-mode Linux, which takes its processor's from where that one's kernel has it.
_PROGRAM_HEADERS = ("Makefile", ".config", "Module.symvers", "arch/{arch}", "arch/x86/Makefile.um",
                    "arch/x86/include", "arch/x86/um", "include", "scripts")
# ... what only the kernel's own build needs.
_LEFT_OUT = ("*.o", "*.cmd", "*.a", "kconfig", "dtc", "gdb", "coccinelle", "gcc-plugins", "package")
# What is kept of what gcov counts: its lines, and where the compiler put counters.
_COUNTED = ("*.c", "*.gcno")
_NAMED = re.compile(r"^(?:# )?(CONFIG_\w+)(?:=.*| is not set)$", re.MULTILINE)

Edit = tuple[str, str, str]


def get(name: str, entry: Entry, edits: tuple[Edit, ...] = ()) -> Kernel:
    """Return a kernel by its entry, built at first; later runs work offline.

    In its source each edit (file, old text, new text) is made.
    Raises HarnessError where its source cannot be had, or it does not become what its configuration
    says.
    """
    entry_name, recipe = entry_of(name, entry)
    place = cache.entry(entry_name, recipe + (repr(edits) if edits else ""),
                        partial(_make, entry, edits))
    return _kernel(name, entry, (place / "release").read_text(encoding="ascii").strip(), place)


def entry_of(name: str, entry: Entry) -> tuple[str, str]:
    """Return the name of the kernel's entry in the cache, and the recipe of it."""
    return (f"kernel-{name}-{codename()}",
            repr((wanted(entry), _CONFIGURE, _BUILD, _headers(entry), _LEFT_OUT,
                  entry.architecture, entry.counted)))


def _architecture(entry: Entry) -> Architecture:
    if entry.architecture == USER_MODE:
        return user_mode()
    return ARCHITECTURES[entry.architecture]


def _headers(entry: Entry) -> tuple[str, ...]:
    return _PROGRAM_HEADERS if entry.architecture == USER_MODE else _HEADERS


def _kernel(name: str, entry: Entry, release: str, place: Path) -> Kernel:
    """Return it as the host's tools built it, for programs of the host's suite."""
    return Kernel(name, release, place, codename(), Toolchain(),
                  _architecture(entry), entry.arguments, entry.patience, entry.processors)


def wanted(entry: Entry) -> list[str]:
    """Return the lines of the configuration, the last on each option, and what checks."""
    lines = {match[1]: match[0] for file in entry.configuration
             for match in _NAMED.finditer((TOP / file).read_text(encoding="ascii"))}
    return [*lines.values(), *(f"CONFIG_{checker}=y" for checker in entry.checkers)]


def _make(entry: Entry, edits: tuple[Edit, ...], place: Path) -> None:
    tools.install("kernel")
    tree = place / "tree"
    tree.mkdir()
    architecture = _architecture(entry)
    with step("Unpacking the kernel's source"):
        source.unpack(tree)
        _count(tree, entry.counted)
        for edit in edits:
            _edit(tree, *edit)
    with step(f"Building a kernel by {entry.configuration[-1]} (once; minutes)"):
        start, finish = _CONFIGURE
        _run_make(tree, architecture, *start)
        lines = [(tree / ".config").read_text(encoding="ascii"), *wanted(entry)]
        (tree / _ALL).write_text("\n".join(lines) + "\n", encoding="ascii")
        _run_make(tree, architecture, *finish)
        judge(wanted(entry), (tree / ".config").read_text(encoding="ascii"),
              " and ".join(entry.configuration))
        _run_make(tree, architecture, f"-j{processors()}", architecture.target, *_BUILD)
        _run_make(tree, architecture, "INSTALL_MOD_PATH=installed", "INSTALL_MOD_STRIP=1",
                  "modules_install")
    lay_out(tree, place, entry)
    shutil.rmtree(tree)


def _count(tree: Path, objects: tuple[str, ...]) -> None:
    """Have gcov count the lines of these object files, and of all in a folder."""
    for name in objects:
        folder, file = os.path.split(name)
        with open(tree / folder / "Makefile", "a", encoding="ascii") as makefile:
            makefile.write(f"\nGCOV_PROFILE{'_' if file else ''}{file} := y\n")


def _edit(tree: Path, name: str, old: str, new: str) -> None:
    text = (tree / name).read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise HarnessError(f"{name} of this source is not what an edit is for: {old}")
    (tree / name).write_text(text.replace(old, new), encoding="utf-8")


def _run_make(tree: Path, architecture: Architecture, *words: str) -> None:
    """Build in the tree, in a sandbox, or as it is where none can be made: a container is one."""
    # That it is set, to nothing, keeps the state of a git repository around out of the name.
    make: list[str | Path] = [
        "make", "-s", "-C", tree, "LOCALVERSION=", *architecture.make_options, *words]
    argv = make if sandbox.refusal() else Toolchain().foreign(make, tree)
    run(argv, "build the kernel", cwd=tree)


def judge(wanted: list[str], config: str, name: str) -> None:
    """Compare lines of a configuration, called so, with what the kernel's tools made of it.

    Raises HarnessError with those that are not in it.
    """
    lines = set(config.splitlines())
    options = set(re.findall(r"^(CONFIG_\w+)=", config, re.MULTILINE))
    lost = [line for line in wanted
            if (line not in lines if "=" in line else line.split()[1] in options)]
    if lost:
        raise HarnessError(f"{name} asks for what this source does not have, or not with "
                           f"the rest of it: {', '.join(lost)}")


def lay_out(tree: Path, place: Path, entry: Entry) -> None:
    """Put what is needed of a built tree where a kernel's packages have it, below `place`."""
    release = (tree / "include/config/kernel.release").read_text(encoding="ascii").strip()
    kernel = _kernel("", entry, release, place)
    architecture = kernel.architecture
    for directory in (kernel.image.parent, kernel.modules.parent, kernel.kdir):
        directory.mkdir(parents=True)
    shutil.copy(tree / architecture.built, kernel.image)
    shutil.copy(tree / ".config", kernel.image.with_name(f"config-{release}"))
    (tree / "installed/lib/modules" / release).rename(kernel.modules)
    for link in ("build", "source"):
        (kernel.modules / link).unlink(missing_ok=True)
    for name in (path.format(arch=architecture.source) for path in _headers(entry)):
        target = kernel.kdir / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (tree / name).is_dir():
            shutil.copytree(tree / name, target, symlinks=True,
                            ignore=shutil.ignore_patterns(*_LEFT_OUT))
        else:
            shutil.copy(tree / name, target)
    for name in entry.counted:
        folder, file = os.path.split(name)
        target = place / "counted" / folder
        target.mkdir(parents=True, exist_ok=True)
        for pattern in _COUNTED:
            for found in (tree / folder).glob(f"{Path(file).stem}{pattern}"):
                shutil.copy(found, target)
    (place / "release").write_text(release + "\n", encoding="ascii")
