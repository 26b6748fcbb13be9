# SPDX-License-Identifier: GPL-2.0
"""Modules that go into the guest, built by the host: our own, and those of the tests.

All of it is built under build/, so that a VM's kernel and the host's own build in the tree do not
meet; make decides what is out of date, once anything has changed.
"""

import hashlib
import os
import re
import subprocess
from pathlib import Path

from ..host import cache
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.run import run
from ..host.system import processors
from .kernel import Kernel
from .suite import OURS, Suite

FIXTURES = TOP / "tests/modules"
CASES = TOP / "tests/suites"
EXAMPLES = TOP / "examples"
NATIVE = TOP / "tests/bench"
# Headers come without the vmlinux that BTF of modules would be made from; so what would make it is
# not used, and need not be of the version that the kernel was built with.
MAKE_OPTIONS = ("CONFIG_DEBUG_INFO_BTF_MODULES=", "PAHOLE_VERSION=$(CONFIG_PAHOLE_VERSION)")
# Of the suite alone it is counted which lines run, where the kernel can count.
_COUNTING = {"CONFIG_GCOV_KERNEL": "GCOV_PROFILE=y"}

Edit = tuple[str, str, str]


def suite(kernel: Kernel, variant: str = "suite", edits: tuple[Edit, ...] = (),
          of: Suite = OURS) -> dict[str, Path]:
    """Build the modules of a suite for `kernel`; return their paths by name, in its order.

    A variant is the same with edits (file, old text, new text), in a directory of its own.
    Raises HarnessError with the compiler's words where that fails.
    """
    stage = BUILD / kernel.release / variant
    options = tuple(word for option, word in _COUNTING.items() if option in kernel.options)
    with cache.lock(stage.with_suffix(".lock")):
        _compile_once(kernel, of.tree, stage, options, edits,
                      f"Building modules for {kernel.release}")
    built = {path.stem: path for path in stage.rglob("*.ko")}
    return {name: built[name] for name in of.modules}


def fixtures(kernel: Kernel) -> dict[str, Path]:
    """Build every module in tests/modules/ for `kernel`; return their paths by name.

    Raises HarnessError with the compiler's words where that fails.
    """
    stage = _fixtures_stage(kernel)
    suite(kernel)
    with cache.lock(stage.with_suffix(".lock")):
        # They are only loaded, and each guest has them in its memory: no debug information.
        _compile_once(kernel, FIXTURES, stage, ("KCFLAGS=-g0", *core_options(kernel)), (),
                      "Building the tests' own modules")
    return {path.stem: path for path in stage.glob("*/*.ko")}


def native(kernel: Kernel) -> Path:
    """Build what is timed in a kernel that is a program, tests/bench/native/; return its path.

    Raises HarnessError with the compiler's words where that fails.
    """
    stage = BUILD / kernel.release / "native"
    suite(kernel)
    with cache.lock(stage.with_suffix(".lock")):
        _compile_once(kernel, NATIVE, stage, core_options(kernel), (), "Building what is timed")
    return stage / "native/native.ko"


def examples(kernel: Kernel) -> dict[str, Path]:
    """Build every module in examples/ for `kernel`; return their paths by name.

    Raises HarnessError with the compiler's words where that fails.
    """
    stage = BUILD / kernel.release / "examples"
    with cache.lock(stage.with_suffix(".lock")):
        _compile_once(kernel, EXAMPLES, stage, ("KCFLAGS=-g0",), (), "Building the examples")
    return {path.stem: path for path in stage.glob("*/*.ko")}


def cases(kernel: Kernel) -> dict[str, list[Path]]:
    """Build the suites in tests/suites/ that fail in a guest; return their modules, by their names.

    Raises HarnessError with the compiler's words where that fails.
    """
    stage = BUILD / kernel.release / "cases"
    with cache.lock(stage.with_suffix(".lock")):
        _compile_once(kernel, CASES, stage, ("KCFLAGS=-g0",), (), "Building suites that fail")
    found: dict[str, list[Path]] = {}
    for path in sorted(stage.glob("*/*.ko")):
        found.setdefault(path.parent.name, []).append(path)
    return found


def are_fixtures_built(kernel: Kernel) -> bool:
    """Return whether fixtures() has been called before, and so takes seconds now."""
    return any(_fixtures_stage(kernel).glob("*/*.ko"))


def _fixtures_stage(kernel: Kernel) -> Path:
    return BUILD / kernel.release / "fixtures"


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


def _compile_once(kernel: Kernel, top: Path, stage: Path, options: tuple[str, ...],
                  edits: tuple[Edit, ...], says: str) -> None:
    """Build the modules of a tree, unless nothing has changed since they were.

    To find that out make takes seconds, and each process that tests would ask it.
    """
    sources = {*tree_sources(top), *tree_sources(TOP)}
    contents = [(str(path), path.read_bytes()) for path in sorted(sources)]
    recipe = hashlib.sha256(repr((kernel, options, edits, contents)).encode()).hexdigest()
    built = stage / ".built"
    if built.exists() and built.read_text(encoding="ascii") == recipe:
        return
    built.unlink(missing_ok=True)
    with step(says):
        compile_tree(kernel, top, stage, options, edits)
    built.write_text(recipe, encoding="ascii")


def core_options(kernel: Kernel) -> tuple[str, str]:
    """Return the options that tell another tree's build what core_mod exports, and where it is."""
    return (f"KBUILD_EXTRA_SYMBOLS={BUILD / kernel.release / 'suite/Module.symvers'}",
            f"CORE_MOD={TOP / 'core_mod'}")


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
    make = ["make", f"-j{processors()}", "-C", str(kernel.kdir), f"M={stage}", *MAKE_OPTIONS,
            *kernel.architecture.make_options, *options, "modules"]
    return run(kernel.toolchain.command(make, kernel.root),
               f"build {top.name} for {kernel.release}", stderr=subprocess.STDOUT)


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
