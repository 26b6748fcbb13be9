# SPDX-License-Identifier: GPL-2.0
"""The cache: an entry is whole or not there, and of the recipe that is asked for."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from kernels import KERNELS, Entry

from harness.commands import check
from harness.guest import distro, dkms, firmware, programs, small
from harness.host import apt, cache, sandbox
from harness.host.errors import HarnessError
from harness.host.paths import TOP
from harness.host.system import codename
from harness.host.unpack import unpack
from harness.kernels import architectures, fromdebian, fromsource, toolchain
from harness.monitoring import servers

pytestmark = pytest.mark.host

KERNEL = Entry("suite", "image", "headers", "suite")
SOURCE = KERNELS["debug"]
# What has an entry: how it is asked for, and a part of its recipe.
MADE: dict[str, tuple[Callable[[], object], ModuleType, str]] = {
    "checkpatch": (check.CHECKS["checkpatch"], check, "_CHECKPATCH_FILES"),
    "debug kernel": (lambda: fromsource.get("debug", SOURCE), fromsource, "_BUILD"),
    "distro": (lambda: distro.initramfs("suite", architectures.host()), distro, "PACKAGES"),
    "dkms": (lambda: dkms.release("suite"), dkms, "_PACKAGES"),
    "firmware": (lambda: firmware.trusting(b"", architectures.host()), firmware,
                 "_DIRECTORY"),
    "kernel": (lambda: fromdebian.get("name", KERNEL), fromdebian, "_IN_BOOT"),
    "program": (lambda: programs.PS.files(architectures.host()), programs, "_LIBRARIES"),
    "prometheus": (lambda: servers.program("promtool"), servers, "_PACKAGES"),
    "toolchain": (lambda: toolchain.of("suite", architectures.host()), toolchain, "PACKAGES"),
    "userland": (lambda: small.initramfs("suite", architectures.host()), small, "PACKAGES"),
}


class Asked(Exception):
    """An entry was asked for."""


@pytest.mark.parametrize("what", MADE)
def test_another_recipe_makes_another_entry(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or whoever has an old one would keep it, whatever is expected of it now."""
    asked = []

    def entry(name: str, recipe: str, make: Callable[[Path], None]) -> Path:
        asked.append(cache.place_of(name, recipe))
        raise Asked

    monkeypatch.setattr(cache, "entry", entry)
    # Asked before anything is downloaded, and not to be had in every container.
    monkeypatch.setattr(sandbox, "demand", lambda what: None)
    ask, module, part = MADE[what]
    with pytest.raises(Asked):
        ask()
    monkeypatch.setattr(module, part, "another")
    with pytest.raises(Asked):
        ask()
    first, second = asked
    assert first != second and first.name.rpartition("-")[0] == second.name.rpartition("-")[0]


def test_no_recipe_is_the_bytes_of_a_file_of_ours() -> None:
    """A comment that is changed would have everyone's downloads made anew."""
    named = [path.name for path in (TOP / "tests/harness").rglob("*.py")
             if "__file__" in path.read_text(encoding="utf-8")]
    assert named == ["paths.py"]


def test_a_cache_entry_is_whole_or_not_there(tmp_path: Path,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the making of one, nothing is left that a later run would take for it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def fill_the_disk(place: Path) -> None:
        (place / "half").write_text("made", encoding="ascii")
        raise OSError(28, "No space left on device")

    def interrupt(place: Path) -> None:
        (place / "half").write_text("made", encoding="ascii")
        raise KeyboardInterrupt

    with pytest.raises(HarnessError, match="cannot fill the cache .*No space left on device"):
        cache.entry("thing", "", fill_the_disk)
    with pytest.raises(KeyboardInterrupt):
        cache.entry("thing", "", interrupt)
    assert [path.name for path in cache.root().iterdir()] == ["locks"]
    (cache.root() / ".thing.stale").mkdir()
    whole = cache.entry("thing", "", lambda place: None)
    assert {path.name for path in cache.root().iterdir()} == {"locks", "thing"}
    assert cache.entry("thing", "", fill_the_disk) == whole


def test_a_download_that_fails_leaves_none_of_its_packages(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken in their place would be mixed with those that could be had."""
    def half(archive: apt.Archive, *_: str, what: str) -> str:
        (archive.packages / "headers-2.deb").touch()
        raise HarnessError(what)

    monkeypatch.setattr(apt.Archive, "_update", lambda _: [])
    monkeypatch.setattr(apt.Archive, "_apt", half)
    with apt.Archive(tmp_path / "scratch") as archive:
        (archive.packages / "other.deb").touch()
        with pytest.raises(HarnessError, match="download image-2 headers-2"):
            archive.download(["image-2", "headers-2"])
        assert [package.name for package in archive.packages.iterdir()] == ["other.deb"]


@pytest.mark.slow
def test_what_is_unpacked_belongs_to_whoever_unpacks_it() -> None:
    """Or a user could not remove what root of a container of theirs has unpacked."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        # Where apt's own user can get at it, apt has that write there.
        place.chmod(0o755)
        unpack(codename(), "tini", place / "root", place)
        assert {path.lstat().st_uid for path in place.rglob("*")} == {os.geteuid()}
