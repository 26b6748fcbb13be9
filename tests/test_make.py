# SPDX-License-Identifier: GPL-2.0
"""The front door: what make builds, installs and removes, and what it says to bad input."""

import os
import re
from pathlib import Path

import pytest
from frontdoor import Built, make
from kernels import KERNELS

from harness.commands.deb import copy_sources
from harness.host.paths import TOP
from harness.host.run import environment
from harness.kernels.suite import OURS
from harness.kernels.kernel import Kernel

pytestmark = pytest.mark.host

MODULES = {f"{name}/{name}.ko" for name in OURS.modules}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree without what was built."""
    return copy_sources(tmp_path / "tree")


def files(tree: Path) -> set[str]:
    return {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}


def installed_names(place: Path) -> set[str]:
    """Names of modules somewhere below; some kernels have them compressed."""
    return {path.name.removesuffix(".xz") for path in place.rglob("*.ko*")}


def test_modules_modules_install_and_clean(tree: Path, built: Built, own: Kernel,
                                           tmp_path: Path) -> None:
    """Without a kernel named it says which; kbuild's variables work; clean removes it all."""
    before = files(tree)
    running = os.uname().release
    early = make(tree, "modules_install", f"KDIR={own.kdir}")
    assert (early.returncode, early.stderr.splitlines()[0]) == (
        2, "taskmods: nothing is built: run make modules first")
    tree, unnamed = built.copy(tmp_path / "built"), built.unnamed
    assert unnamed.returncode == 0, unnamed.stderr
    assert MODULES <= files(tree)
    if Path(f"/lib/modules/{running}/build/Makefile").exists():
        assert f"Building for the running kernel, {running}" in unnamed.stderr
    else:
        assert (f"No headers of the running kernel, {running}: building for the VM's kernel, in "
                f"{own.kdir}") in unnamed.stderr

    assert f"Built for {running}" in unnamed.stdout or (
        f"Built for {own.release}" in unnamed.stdout)

    kdir = f"KDIR={own.kdir}"
    names = {Path(name).name for name in MODULES}
    assert built.named.returncode == 0
    for directory in ("updates/taskmods", "extra/mine"):
        chosen = [] if directory == "updates/taskmods" else [f"INSTALL_MOD_DIR={directory}"]
        root = tmp_path / directory.replace("/", "-")
        installed = make(tree, "modules_install", kdir, f"INSTALL_MOD_PATH={root}", *chosen)
        assert installed.returncode == 0, installed.stderr
        assert "SSL error" not in installed.stderr
        assert installed_names(root / "lib/modules" / own.release / directory) == names
        assert installed_names(root) == names

    # Relative to where make was called, not to where kbuild works.
    relative = make(tree, "modules_install", kdir, "INSTALL_MOD_PATH=../relative")
    assert relative.returncode == 0, relative.stderr
    assert installed_names(tree.parent / "relative") == names

    # Without headers too, it leaves what was there before.
    cleaned = make(tree, "clean")
    assert cleaned.returncode == 0, cleaned.stderr
    assert files(tree) == before


def test_a_path_with_a_space_is_refused(tree: Path) -> None:
    spaced = tree.rename(tree.parent / "a tree")
    for directory, said in ((spaced, f"{spaced} has a space in it: move this tree elsewhere"),
                            (spaced / "cli", "O=a b has a space in it: give another directory")):
        refused = make(directory, "all", "O=a b")
        assert refused.returncode == 2
        assert f"*** taskmods: {said}.  Stop." in refused.stderr


def test_clean_is_kbuilds_where_there_are_headers(tree: Path, own: Kernel) -> None:
    before = files(tree)
    (tree / "core_mod/core_mod.ko").write_text("built", encoding="ascii")
    cleaned = make(tree, "clean", f"KDIR={own.kdir}")
    assert cleaned.returncode == 0, cleaned.stderr
    assert files(tree) == before


# What is asked of make, and the one line that it says.
BAD_INPUT = {
    "demo KERNEL=nope": "taskmods: there is no kernel nope: choose one by KERNEL=<name>, of "
    + ", ".join(KERNELS),
    "test KMOD=/nope": "taskmods: KMOD=/nope has no bin/kmod: it must be the prefix that a "
    "build of kmod was installed to",
    "modules KVER=1.2.3-nope": "taskmods: no headers for KVER=1.2.3-nope in /lib/modules/"
    "1.2.3-nope/build: install linux-headers-1.2.3-nope, or say where they are with KDIR=",
    "modules_install KVER=1.2.3-nope": "taskmods: no headers for KVER=1.2.3-nope in /lib/modules/"
    "1.2.3-nope/build: install linux-headers-1.2.3-nope, or say where they are with KDIR=",
    "modules KERNEL=7.3-cloud": "taskmods: KERNEL=7.3-cloud names a kernel of the VM, which builds "
    "its own modules: use KVER= or KDIR= instead",
    "modules KDIR=/nope": "taskmods: KDIR=/nope has no Makefile: "
    "it must be a kernel's build or headers directory",
    "test T=no_test_has_this_name": "taskmods: no test matches T=no_test_has_this_name: "
    "use words from tests' names, joined by and, or, not",
    "test T=(": "taskmods: T=( is not an expression of test names: "
    "use words from them, joined by and, or, not",
    "shell": "taskmods: make shell needs a terminal; for scripts there are "
    "make demo and make test",
}


# Numbered: a name that holds the T that matches no name would match it.
@pytest.mark.parametrize("command", BAD_INPUT, ids=range(len(BAD_INPUT)))
def test_bad_input_gets_one_clear_line(tree: Path, command: str) -> None:
    before = files(tree)
    result = make(tree, *command.split())
    assert result.returncode != 0
    own = [line for line in result.stderr.splitlines() if line.startswith("taskmods:")]
    assert own == [BAD_INPUT[command]]
    if command.startswith("modules"):
        assert files(tree) == before


def test_no_network_and_an_empty_cache(tree: Path, tmp_path: Path) -> None:
    """One line, and a cache that is as empty as before."""
    (tmp_path / "apt.conf").write_text('Acquire::http::Proxy "http://127.0.0.1:9";\n'
                                       'Acquire::https::Proxy "http://127.0.0.1:9";\n',
                                       encoding="ascii")
    result = make(tree, "demo", APT_CONFIG=str(tmp_path / "apt.conf"),
                  XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert result.returncode != 0
    (own,) = [line for line in result.stderr.splitlines() if line.startswith("taskmods:")]
    assert own.startswith("taskmods: cannot get linux-image-")
    assert own.endswith("is the network there, and main in apt's sources?")
    left = {path.name for path in (tmp_path / "cache/taskmods").rglob("*")}
    assert all(name == "locks" or name.startswith("kernel-") for name in left), left
    assert not list((tmp_path / "cache/taskmods").glob("kernel-*"))


def test_help_names_every_target(tree: Path) -> None:
    text = (tree / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    phony = next(line for line in text.splitlines() if line.startswith(".PHONY:"))
    said = make(tree, "help").stdout
    for target in set(phony.split()[1:]) - {"all", "help"}:
        assert f"  {target} " in said


def test_what_make_tells_ours_is_not_told_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A make that a test runs is told what the test says, not what that of the test run was."""
    text = (TOP / "Makefile").read_text(encoding="utf-8")
    names = re.findall(r"^export TASKMODS_VARIABLES := (.*)\nexport \$\(TASKMODS_VARIABLES\)$",
                       text, re.MULTILINE)
    exported = {"TASKMODS_VARIABLES", *names[0].split()}
    assert {"KERNEL", "KMOD", "T"} <= exported
    for name in exported:
        monkeypatch.setenv(name, names[0])
    assert exported & set(environment()) == set()
