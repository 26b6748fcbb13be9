# SPDX-License-Identifier: GPL-2.0
"""What differs by the processor is data of its entry; the table of kernels names those alone."""

import platform
import re
import subprocess
from pathlib import Path

import pytest
from kernels import KERNELS

from harness.guest import clock, dkms
from harness.host.apt import Archive
from harness.host.paths import TOP
from harness.kernels import table
from harness.kernels.architectures import ARCHITECTURES, host
from harness.kernels.kernel import Kernel
from harness.kernels.toolchain import Toolchain

pytestmark = pytest.mark.host

HARNESS = TOP / "tests/harness"
HOSTS = dict(re.findall(r"^vm-(\w+) +(\S+)$", (HARNESS / "packages").read_text(encoding="utf-8"),
                        re.MULTILINE))


def test_kernels_are_of_architectures_that_are_known() -> None:
    assert {entry.architecture for entry in KERNELS.values()} <= set(ARCHITECTURES)


@pytest.mark.parametrize("name", HOSTS)
def test_a_host_installs_the_qemu_of_its_architecture(name: str) -> None:
    assert HOSTS[name] == ARCHITECTURES[name].qemu_package


@pytest.mark.parametrize("machine, suite, kernel", [
    ("x86_64", "bookworm", "6.1-cloud"), ("x86_64", "trixie", "6.12-trixie"),
    # Not all of these processors have pages of 16 KiB.
    ("aarch64", "bookworm", "6.1-arm64"), ("aarch64", "trixie", "6.12-arm64")])
def test_by_default_a_host_takes_a_kernel_of_its_own(
        monkeypatch: pytest.MonkeyPatch, machine: str, suite: str, kernel: str) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(table, "codename", lambda: suite)
    assert table.default_name() == kernel


@pytest.mark.parametrize("machine, suites", [
    ("x86_64", ["bullseye", "bookworm", "trixie"]), ("aarch64", ["bookworm", "trixie"])])
def test_a_host_tries_the_dkms_of_suites_that_have_a_kernel_for_it(
        monkeypatch: pytest.MonkeyPatch, machine: str, suites: list[str]) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert dkms.suites() == suites


def test_without_a_counter_of_the_hosts_a_guests_clock_counts_nanoseconds(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    monkeypatch.setattr(Kernel, "ticks", 250)
    kernel = Kernel("any", "6.1", tmp_path, "", Toolchain(), ARCHITECTURES["amd64"])
    assert clock.arguments(kernel, "tcg") == "tsc_early_khz=1000000 lpj=4000000"


def test_only_for_another_architecture_make_is_told_so() -> None:
    assert host().make_options == ()
    options = {one.name: one.make_options for one in ARCHITECTURES.values() if not one.is_host}
    assert all(found[0].startswith("ARCH=") and found[1].startswith("CROSS_COMPILE=")
               for found in options.values())


def test_nothing_else_asks_which_it_is() -> None:
    """No name of one stands in the harness, but where all of them do."""
    names = re.compile(rf'"({"|".join(ARCHITECTURES)})"')
    assert [str(path.relative_to(HARNESS)) for path in HARNESS.rglob("*.py")
            if names.search(path.read_text(encoding="utf-8"))] == ["kernels/architectures.py"]


@pytest.mark.parametrize("names, status, says", [
    (["=make"], 0, ""), (["=no-such-package|make"], 0, ""),
    (["no-such-purpose"], 1, "taskmods: install-tools: no such purpose: no-such-purpose\n")])
def test_a_package_may_be_asked_for_by_its_name(names: list[str], status: int, says: str) -> None:
    done = subprocess.run([HARNESS / "install-tools", *names], text=True, capture_output=True,
                          check=False)
    assert (done.returncode, done.stderr) == (status, says)


def test_what_is_installed_at_need_is_known() -> None:
    """Each is a purpose of the table, or a package by =NAME."""
    purposes = set(re.findall(r"^([a-z]\S*) ", (HARNESS / "packages").read_text(encoding="utf-8"),
                              re.MULTILINE))
    sources = [path.read_text(encoding="utf-8") for path in (TOP / "tests").rglob("*.py")]
    asked = {word for text in sources for call in re.findall(r"\btools\.install\((\".*\")\)", text)
             for word in re.findall(r'"([^"]+)"', call)}
    assert {word for word in asked if word[0] != "="} <= purposes and "=npm" in asked


def test_the_newest_package_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its version as dpkg compares it, whatever the order of the names."""
    versions = {"x-9": "1.9-1", "x-10": "1.10-1", "x-rc": "1.10~rc1-1", "x-old": "1.9-1"}
    archive = object.__new__(Archive)
    monkeypatch.setattr(archive, "_apt", lambda *_, what: "\n".join(versions), raising=False)
    monkeypatch.setattr(archive, "_versions", lambda names: {name: versions[name]
                                                             for name in names}, raising=False)
    found = archive.newest_first("x-*")
    assert found[:2] == ["x-10", "x-rc"] and set(found[2:]) == {"x-9", "x-old"}
    assert archive.newest("x-*") == "x-10"
