# SPDX-License-Identifier: GPL-2.0
"""What is not ours is built with nothing of the host's within its reach."""

import os
import socket
import sys
from pathlib import Path

import pytest

from harness.host import sandbox
from harness.host.paths import TOP
from harness.host.run import run
from harness.kernels.toolchain import Toolchain

pytestmark = [pytest.mark.host,
              pytest.mark.skipif(bool(sandbox.refusal()), reason=sandbox.refusal())]

COMMANDS = (
    "echo built > here",
    "! echo $$SECRET | grep .",
    "! ls -A $(HOME) | grep . && ! ls -A /lib/modules | grep .",
    "! echo mine > $(SOURCES)/there",
    "! bash -c 'echo hello > /dev/tcp/127.0.0.1/$(PORT)' 2> /dev/null",
    "! kill -0 $(OURS) 2> /dev/null",
    "! cat $(HIDDEN) 2> /dev/null",
    "gcc --version > /dev/null",
)
MAKEFILE = "all:\n" + "".join(f"\t{command}\n" for command in COMMANDS)


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    place = tmp_path / "stage"
    place.mkdir()
    (place / "Makefile").write_text(MAKEFILE, encoding="ascii")
    (tmp_path / "hidden").write_text("nobody's business\n", encoding="ascii")
    (tmp_path / "sources").mkdir()
    return place


def test_a_foreign_makefile_reaches_its_stage_alone(stage: Path, tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "told to nobody")
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = {"PORT": server.getsockname()[1], "OURS": os.getpid(),
                 "SOURCES": tmp_path / "sources", "HIDDEN": tmp_path / "hidden"}
        make = ["make", "-C", str(stage), *(f"{name}={value}" for name, value in words.items())]
        run(Toolchain().foreign(make, stage, tmp_path / "sources"), "build", cwd=stage)
    assert (stage / "here").read_text(encoding="ascii") == "built\n"
    assert list((tmp_path / "sources").iterdir()) == []


def test_another_system_has_no_modules_of_its_own_either(tmp_path: Path) -> None:
    """A build that looks for the running kernel's headers shall not find any kernel's."""
    (tmp_path / "usr/lib/modules/6.1").mkdir(parents=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    words = sandbox.command(["true"], tmp_path, [], [])
    assert words[words.index("/usr/lib/modules") - 1] == "--tmpfs"


# A root that is alone: nothing can be given to another user or group.
ALONE = ("bwrap", "--dev-bind", "/", "/", "--unshare-user", "--uid", "0", "--gid", "0")
UNPACK = """
import sys
from pathlib import Path
from harness.host import system, unpack
root, scratch = map(Path, sys.argv[1:])
unpack.unpack(system.codename(), "passwd", root, scratch)
"""


@pytest.mark.slow
def test_packages_are_unpacked_by_a_root_that_is_alone(tmp_path: Path) -> None:
    """Also what belongs to others: of these files the group is shadow."""
    run([*ALONE, sys.executable, "-c", UNPACK, tmp_path / "root", tmp_path], "unpack",
        env={"PYTHONPATH": str(TOP / "tests")})
    assert (tmp_path / "root/usr/bin/chage").exists()
