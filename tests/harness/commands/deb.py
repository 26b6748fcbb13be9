# SPDX-License-Identifier: GPL-2.0
"""make deb: the Debian packages, made from a copy of the tree, into which nothing is written."""

import re
import shutil
from pathlib import Path

from ..host import cache
from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.run import environment, run

PLACE = BUILD / "deb"
# What the version is written in, besides debian/changelog, and how.
VERSIONS = {
    "core_mod/core_mod.h": '#define TCORE_VERSION "{}"',
    "dkms.conf": 'PACKAGE_VERSION="{}"',
}
_NOT_SOURCES = ("build", ".git", "__pycache__", ".*_cache", "*.ko", "*.o", "*.mod", "*.mod.c",
                ".*.cmd", ".*.d", "Module.symvers", "modules.order", ".tmp_versions")


def main() -> int:
    """Make the packages in build/deb and name them; return 0.

    Raises HarnessError where that fails.
    """
    for path in sorted(make(PLACE)):
        print(path.relative_to(TOP) if path.is_relative_to(TOP) else path)
    return 0


def version() -> str:
    """Return the suite's version, as core_mod.h has it."""
    return _version_in("core_mod/core_mod.h")


def _version_in(name: str) -> str:
    before, after = VERSIONS[name].split("{}")
    found = re.search(re.escape(before) + "(.*)" + re.escape(after),
                      (TOP / name).read_text(encoding="utf-8"))
    if not found:
        raise HarnessError(f"{name} has no line {VERSIONS[name].format('...')}")
    return found[1]


def make(place: Path, newer: str = "", architecture: str = "") -> list[Path]:
    """Make the packages anew in `place`, and return all files there.

    With `newer` they are of that version, else of the tree's; they are those for `architecture`,
    by Debian's name, if not the host's, which takes a compiler for it.
    Raises HarnessError where that fails; what was there before then stays.
    """
    work = place.with_name(f"{place.name}.new")
    with cache.lock(place.with_name(f"{place.name}.lock")), step("Making the Debian packages"):
        shutil.rmtree(work, ignore_errors=True)
        tree = work / "taskmods"
        copy_sources(tree)
        if newer:
            _raise_version(tree, newer)
        run(["dpkg-buildpackage", "-us", "-uc",
             *([f"--host-arch={architecture}"] if architecture else [])],
            "make the Debian packages", cwd=tree, env=environment())
        shutil.rmtree(tree)
        shutil.rmtree(place, ignore_errors=True)
        work.rename(place)
    return list(place.iterdir())


def copy_sources(place: Path) -> Path:
    """Copy the tree, without what was built, to a place that is not there yet; return that."""
    def left_out(folder: str, names: list[str]) -> set[str]:
        built = {name for name in names if Path(folder, name).resolve() == BUILD.resolve()}
        return shutil.ignore_patterns(*_NOT_SOURCES)(folder, names) | built

    shutil.copytree(TOP, place, symlinks=True, ignore=left_out)
    return place


def _raise_version(tree: Path, newer: str) -> None:
    for name, line in VERSIONS.items():
        path = tree / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(line.format(_version_in(name)), line.format(newer)),
                        encoding="utf-8")
    changelog = tree / "debian/changelog"
    text = changelog.read_text(encoding="utf-8")
    first = text[:text.index("\n -- ")] + text[text.index("\n -- "):].split("\n\n")[0]
    entry = re.sub(r"^taskmods \(.*?\)", f"taskmods ({newer})", first)
    changelog.write_text(f"{entry.rstrip()}\n\n{text}", encoding="utf-8")
