# SPDX-License-Identifier: GPL-2.0
"""The README's commands in plain containers of the Debians that it names."""

import re
from pathlib import Path

import pytest

import container
from harness.commands import demo
from harness.host import tools
from harness.host.paths import TOP
from harness.host.system import codename

pytestmark = pytest.mark.host

README = (TOP / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (make \w+)  +[a-z]", README, re.MULTILINE)
DONE = f"All {len(demo.STEPS)} steps did what they say. Try it yourself: make shell"
CAP_SYS_ADMIN = 21
_STATUS = "grep -E '^(Uid|CapBnd|CapEff|Seccomp):' /proc/self/status"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    if any(Path(mark).exists() for mark in ("/run/.containerenv", "/.dockerenv")):
        pytest.skip("this is a container itself: podman would not be as on a host")
    tools.install("container")
    return tmp_path


def in_a_plain_container(suite: str, command: str, scratch: Path, seconds: int) -> str:
    """Return what a command wrote that succeeded there; nothing of the container is left."""
    done = container.run(suite, f"{_STATUS} && exec {command}", scratch, seconds)
    assert list(scratch.iterdir()) == []
    assert str(scratch) not in Path("/proc/self/mounts").read_text(encoding="utf-8")
    assert done.returncode == 0, done.stdout
    status = dict(re.findall(r"^(\w+):\t(\S+)", done.stdout, re.MULTILINE))
    assert (status["Uid"], status["Seccomp"]) == ("0", "2")
    for name in ("CapBnd", "CapEff"):
        assert not int(status[name], 16) >> CAP_SYS_ADMIN & 1
    return done.stdout


def test_the_readme_has_two_commands() -> None:
    assert COMMANDS[:2] == ["make demo", "make test"]


@pytest.mark.parametrize("suite", [
    # Each takes minutes: before a change lands there is time for one.
    pytest.param(suite, marks=pytest.mark.slow if suite == codename() else pytest.mark.nightly)
    for suite in container.SUITES])
def test_the_first_command(suite: str, scratch: Path) -> None:
    said = in_a_plain_container(suite, COMMANDS[0], scratch, 600)
    assert said.splitlines()[-1] == DONE


@pytest.mark.nightly
def test_make_runs_itself_in_a_container(scratch: Path) -> None:
    """By podman itself: first an image with the tools is made, with another container."""
    done = container.make(codename(), "demo", scratch)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    said = done.stdout.splitlines()
    assert said[0].startswith("taskmods: making the image localhost/taskmods:")
    assert said[1] == (
        "taskmods: this host is Debian: running in a container of Debian, by podman")
    assert said[-1] == DONE


@pytest.mark.nightly
@pytest.mark.parametrize("suite", container.SUITES)
def test_the_other_commands(suite: str, scratch: Path) -> None:
    said = in_a_plain_container(suite, f"{COMMANDS[1]} behaviours", scratch, 3600)
    assert len(re.findall(r"^=* ?\d+ passed", said, re.MULTILINE)) == 2
