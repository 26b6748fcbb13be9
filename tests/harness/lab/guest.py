# SPDX-License-Identifier: GPL-2.0
"""What v86 boots: the userland, and over it our modules, the examples, and the lab's agent."""

import hashlib
import json
import shutil
from pathlib import Path

from ..guest.places import FIXTURES_DIR, GUEST_DIR
from ..host import cache, cli, cpio
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.run import run
from ..kernels import build
from ..kernels.kernel import Kernel
from ..kernels.suite import OURS
from . import userland

SITE = TOP / "site"
# Of the test bench's programs those that behaviours type.
_PROGRAMS = ("as",)
_FLAGS = ("-O2", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wshadow",
          "-Wmissing-prototypes", "-Werror")


def initrd(kernel: Kernel) -> bytes:
    """Return the archive that the kernel unpacks at boot, built where it is not up to date.

    Raises HarnessError where something cannot be had or built.
    """
    archive, _ = userland.get(kernel.userland, kernel.architecture)
    # The kernel takes several for one; a compressed one must be the last.
    return cpio.newc(_files(kernel)) + archive.read_bytes()


def recipe(kernel: Kernel) -> str:
    """Return what changes with what the guest is made of: no path, nor time, of this machine."""
    trees = {TOP, build.FIXTURES, build.EXAMPLES}
    sources = {path for tree in trees for path in build.tree_sources(tree)}
    sources |= {path for place in (SITE / "guest", cli.SOURCES, TOP / "modprobe.d")
                for path in place.rglob("*") if path.is_file() and path.name != "messages.inc"}
    sources |= {TOP / f"tests/guest/{name}.c" for name in _PROGRAMS}
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(f"{path.relative_to(TOP)}\0".encode() + path.read_bytes() + b"\0")
    archive, packages = userland.get(kernel.userland, kernel.architecture)
    return json.dumps([kernel.release, archive.parent.name, packages, _FLAGS, _PROGRAMS,
                       digest.hexdigest()])


def _files(kernel: Kernel) -> cpio.Files:
    stage = BUILD / kernel.release / "lab"
    with cache.lock(stage.with_suffix(".lock")), step("Building what is in the lab"):
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        files = {"/init": (0o755, SITE / "guest/init"), "/root/.bashrc":
                 (0o644, SITE / "guest/bashrc"), **_modules(kernel, stage),
                 **_programs(kernel, stage)}
        return {name: (mode, path.read_bytes()) for name, (mode, path) in files.items()}


def _modules(kernel: Kernel, stage: Path) -> dict[str, tuple[int, Path]]:
    """Return all modules by their places in the guest, without what is for debuggers."""
    modules = f"/lib/modules/{kernel.release}"
    found: dict[str, Path] = {}
    for path in build.suite(kernel).values():
        found[f"{modules}/{OURS.directory}/{path.name}"] = path
    for path in build.fixtures(kernel).values():
        found[f"{FIXTURES_DIR}/{path.name}"] = path
    build.compile_tree(kernel, build.EXAMPLES, stage / "examples", ("KCFLAGS=-g0",))
    others = {f"{modules}/{path.name}": path for path in kernel.lists}
    others |= {f"/etc/modprobe.d/{path.name}": path for path in OURS.configuration}
    for path in stage.glob("examples/*/*.ko"):
        found[f"/root/{path.parent.name}/{path.name}"] = path
    for path in build.tree_sources(build.EXAMPLES)[1:]:
        others[f"/root/{path.parent.name}/{path.name}"] = path
    for name, path in found.items():
        found[name] = stage / name.strip("/").replace("/", "+")
        run([kernel.architecture.tool("strip"), "--strip-debug", "-o", found[name], path],
            f"strip {path.name}")
    return {name: (0o644, path) for name, path in {**found, **others}.items()}


def _programs(kernel: Kernel, stage: Path) -> dict[str, tuple[int, Path]]:
    compiler = kernel.architecture.tool("gcc")
    sources = {"lab-agent": sorted((SITE / "guest").glob("*.c"))}
    sources |= {name: [TOP / f"tests/guest/{name}.c"] for name in _PROGRAMS}
    for name, files in sources.items():
        run([compiler, *_FLAGS, "-s", "-o", stage / name, *files], f"build {name}")
    command = cli.build(stage / "cli", "-O2", "-s", compiler)
    return {**{f"{GUEST_DIR}/{name}": (0o755, stage / name) for name in sources},
            "/usr/local/bin/taskmods": (0o755, command)}
