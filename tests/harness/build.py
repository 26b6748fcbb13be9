# SPDX-License-Identifier: GPL-2.0
"""What goes into the guest, built by the host: our modules, fixtures, and the guest's programs.

All of it is built under build/, so that a VM's kernel and the host's own build in the tree do not
meet; make decides what is out of date.
"""

import os
import re
import subprocess
from pathlib import Path

from . import cache, host
from .kernel import Kernel
from .progress import step

SUITE = ("core_mod", "walker_mod", "report_mod")
FIXTURES = host.TOP / "tests/modules"
EXAMPLES = host.TOP / "examples"
# Headers come without the vmlinux that BTF of modules would be made from; so what would make it is
# not used, and need not be of the version that the kernel was built with.
MAKE_OPTIONS = ("CONFIG_DEBUG_INFO_BTF_MODULES=", "PAHOLE_VERSION=$(CONFIG_PAHOLE_VERSION)")
# Of the suite alone it is counted which lines run, where the kernel can count.
_COUNTING = {"CONFIG_GCOV_KERNEL": "GCOV_PROFILE=y"}

Edit = tuple[str, str, str]


def suite(kernel: Kernel, variant: str = "suite", edits: tuple[Edit, ...] = ()) -> list[Path]:
    """Build the three modules for `kernel` and return their paths, in SUITE's order.

    A variant is the same with edits (file, old text, new text), in a directory of its own.
    Raises HarnessError with the compiler's words where that fails.
    """
    stage = host.BUILD / kernel.release / variant
    options = tuple(word for option, word in _COUNTING.items() if option in kernel.options)
    with cache.lock(stage.with_suffix(".lock")), step(f"Building modules for {kernel.release}"):
        compile_tree(kernel, host.TOP, stage, options, edits)
    return [stage / name / f"{name}.ko" for name in SUITE]


def fixtures(kernel: Kernel) -> dict[str, Path]:
    """Build every module in tests/modules/ for `kernel`; return their paths by name.

    Raises HarnessError with the compiler's words where that fails.
    """
    stage = host.BUILD / kernel.release / "fixtures"
    suite(kernel)
    with cache.lock(stage.with_suffix(".lock")), step("Building the tests' own modules"):
        # They are only loaded, and go through a slow port: no debug information.
        compile_tree(kernel, FIXTURES, stage, ("KCFLAGS=-g0", *core_options(kernel)))
    return {path.stem: path for path in stage.glob("*/*.ko")}


def unbuildable(kernel: Kernel) -> frozenset[str]:
    """Return the folders of tests/modules/ and examples/ that are not built for `kernel`.

    Some kernel does not build those that their tree's Kbuild names; others ask for an option.
    """
    names: list[str] = []
    for tree in (FIXTURES, EXAMPLES):
        text = (tree / "Kbuild").read_text(encoding="utf-8")
        found = re.search(r"^unbuildable :=(.*)$", text, re.MULTILINE)
        assert found, f"{tree}/Kbuild names no unbuildable modules"
        names += found[1].split()
        for kbuild in tree.glob("*/Kbuild"):
            asked = re.search(r"^obj-\$\((CONFIG_\w+)", kbuild.read_text(encoding="utf-8"),
                              re.MULTILINE)
            if asked and asked[1] not in kernel.options:
                names.append(kbuild.parent.name)
    return frozenset(names)


def core_options(kernel: Kernel) -> tuple[str, str]:
    """Return the options that tell another tree's build what core_mod exports, and where it is."""
    return (f"KBUILD_EXTRA_SYMBOLS={host.BUILD / kernel.release / 'suite/Module.symvers'}",
            f"CORE_MOD={host.TOP / 'core_mod'}")


def compile_tree(kernel: Kernel, top: Path, stage: Path, options: tuple[str, ...] = (),
                 edits: tuple[Edit, ...] = ()) -> str:
    """Build the modules of a tree in `stage`, with its sources linked there; return make's words.

    Raises HarnessError where make fails.
    """
    wanted = {stage / source.relative_to(top): source for source in tree_sources(top)}
    for stale in {*stage.glob("*/*.[ch]"), *stage.glob("*/Kbuild")} - set(wanted):
        if not stale.name.endswith(".mod.c"):
            stale.unlink()
    for target, source in wanted.items():
        _place(source, target, edits)
    make = ["make", f"-j{host.processors()}", "-C", str(kernel.kdir), f"M={stage}", *MAKE_OPTIONS,
            *options, "modules"]
    return host.run(kernel.toolchain.command(make, kernel.root),
                    f"build {top.name} for {kernel.release}", stderr=subprocess.STDOUT)


def programs() -> list[Path]:
    """Build the programs that run inside the guest; return their paths.

    Raises HarnessError with the compiler's words where that fails.
    """
    out = host.BUILD / "guest"
    out.mkdir(parents=True, exist_ok=True)
    with cache.lock(host.BUILD / "guest.lock"), step("Building the guest's agent"):
        host.run(["make", "-s", "-C", host.TOP / "tests/guest", f"O={out}"],
                 "build the guest's agent")
    return sorted(path for path in out.iterdir() if os.access(path, os.X_OK))


def tree_sources(top: Path) -> list[Path]:
    """Return what kbuild reads of a tree of folders, each with a Kbuild, and one above them."""
    return [top / "Kbuild", *(path for kbuild in sorted(top.glob("*/Kbuild"))
                              for path in sources_in(kbuild.parent))]


def sources_in(folder: Path) -> list[Path]:
    """Return what kbuild reads of a folder, without what it wrote there."""
    return [path for pattern in ("*.c", "*.h", "Kbuild") for path in sorted(folder.glob(pattern))
            if not path.name.endswith(".mod.c")]


def _place(source: Path, target: Path, edits: tuple[Edit, ...]) -> None:
    """Put a source where it is built: as a link, or as a copy if there is an edit to it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    text = source.read_text(encoding="utf-8")
    edited = text
    for file, old, new in edits:
        if source.match(file):
            edited = edited.replace(old, new)
    if target.is_symlink() != (edited == text):
        # Never write through a link: it is the source that it leads to.
        target.unlink(missing_ok=True)
    if edited == text:
        if not target.is_symlink():
            target.symlink_to(os.path.relpath(source, target.parent))
    elif not target.exists() or target.read_text(encoding="utf-8") != edited:
        target.write_text(edited, encoding="utf-8")
