# SPDX-License-Identifier: GPL-2.0
"""Hosts that are not Debian: make runs itself in a container of it. A script stands for podman."""

import os
import pty
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.commands.deb import copy_sources

from harness.host.paths import TOP
from harness.host.run import environment

_OTHER = [shutil.which("unshare") or "unshare", "--mount",
          *([] if os.geteuid() == 0 else ["--map-root-user"])]
_REFUSAL = subprocess.run([*_OTHER, "true"], text=True, capture_output=True, check=False).stderr
pytestmark = [pytest.mark.host, pytest.mark.slow,
              pytest.mark.skipif(bool(_REFUSAL), reason=f"nothing can be mounted: {_REFUSAL}")]

FEDORA = 'NAME="Fedora Linux"\nID=fedora\nPRETTY_NAME="Fedora Linux 42"\n'
HERE = "taskmods: this host is Fedora Linux 42: running in a container of Debian, by "
# What GNU make has learnt since 3.81.
NEWER = re.compile(r"\$\((?:file|let|intcmp|guile) |^\.ONESHELL|^\s*(?:undefine|private|load) |"
                   r"!=|::=|&:", re.MULTILINE)
# What a host needs until it is in the container, besides make and the engine.
PROGRAMS = ("basename", "cat", "cksum", "dirname", "make", "mkdir", "mktemp", "rm", "sh", "sort",
            "tail", "tr", "uname")
# It keeps what it is asked, and has the image that was once kept of a container. What is to run in
# one it runs here, if it is told to.
ENGINE = r"""#!/bin/sh
here=${0%/*}/../asked
# If it is to wait in this, it does so until it is told to end.
wait_in() {
    [ -e "$here/$1-waits" ] || return
    trap "echo $called told to end >$here/$1-waits; exit 0" INT TERM
    touch "$here/ready"
    for _ in $(seq 200); do sleep 0.05; done
}
case $1 in
image) exec test -e "$here/image" ;;
info) [ ! -e "$here/broken" ] || { echo first >&2; cat "$here/broken" >&2; exit 1; } ;;
commit) touch "$here/image"; echo "$3" >"$here/name"; echo "$2" >"$here/kept" ;;
run)
    called=$3
    case " $* " in *" --entrypoint sh "*)
        printf '%s\n' "$@" >"$here/making"
        wait_in making
        [ ! -e "$here/unmade" ] || { cat "$here/unmade"; exit 100; }
        exit 0 ;;
    esac
    env >"$here/env"
    printf '%s\n' "$@" >"$here/run"
    while [ "$1" != "$(cat "$here/name")" ]; do shift; done
    [ ! -e "$here/works" ] || { shift 3; exec "$@"; }
    wait_in run
    exit 3 ;;
rm) echo "$@" >"$here/removed" ;;
esac
"""


@dataclass(frozen=True)
class Host:
    """A copy of the tree, on a host whose os-release is `release`, with engines in `bin`.

    What they are asked they keep in `kept`, where nothing else is.
    """

    tree: Path
    bin: Path
    kept: Path
    release: Path

    def command(self, *argv: str) -> list[str]:
        """Return what runs a command there."""
        mount = f'{shutil.which("mount")} --bind "$0" {Path("/etc/os-release").resolve()}'
        return [*_OTHER, "/bin/sh", "-c", f'{mount} && exec "$@"', str(self.release), *argv]

    def env(self, **more: str) -> dict[str, str]:
        """Return the environment there."""
        ours = {"PATH": f"{self.bin}:{os.environ['PATH']}", "CONTAINER": "", "CONTAINER_ARGS": "",
                "IMAGE": "", "XDG_CACHE_HOME": str(self.tree.parent / "cache")}
        return {**environment(), **ours, **more}

    def run(self, *argv: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command there, in the tree."""
        return subprocess.run(self.command(*argv), cwd=self.tree, text=True, capture_output=True,
                              check=False, stdin=subprocess.DEVNULL, env=self.env(**more))

    def asked(self) -> list[str]:
        """Return what the engine was asked to run, an argument each; nothing if it was not."""
        path = self.kept / "run"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.fixture
def fedora(tmp_path: Path) -> Host:
    host = Host(copy_sources(tmp_path / "tree"), tmp_path / "bin", tmp_path / "asked",
                tmp_path / "os-release")
    host.release.write_text(FEDORA, encoding="utf-8")
    host.bin.mkdir()
    host.kept.mkdir()
    for name in ("podman", "docker"):
        (host.bin / name).write_text(ENGINE, encoding="utf-8")
        (host.bin / name).chmod(0o755)
    return host


def after(words: list[str], option: str) -> list[str]:
    """Return what follows each time that an option stands there."""
    return [words[at + 1] for at, word in enumerate(words) if word == option]


def test_a_target_runs_in_a_container(fedora: Host) -> None:
    """It has the tree and the cache at their places, and its status is that of what ran."""
    ran = fedora.run("make", "demo")
    image = (fedora.kept / "name").read_text(encoding="utf-8").strip()
    assert ran.stderr.splitlines() == [
        f"taskmods: making the image {image} from docker.io/library/debian:bookworm, once: "
        "some minutes, some 500 MB", HERE + "podman", ran.stderr.splitlines()[-1]]
    assert (ran.returncode, ran.stderr.endswith(": demo] Error 3\n")) == (2, True)
    asked, cache = fedora.asked(), f"{fedora.tree.parent}/cache"
    assert after(asked, "-w") == [str(fedora.tree)]
    assert {f"{fedora.tree}:{fedora.tree}", f"{cache}/taskmods:{cache}/taskmods"} == set(
        after(asked, "-v"))
    assert f"XDG_CACHE_HOME={cache}" in after(asked, "-e")
    assert "--rm" in asked and "-t" not in asked
    assert (after(asked, "--device") == ["/dev/kvm"]) is os.access("/dev/kvm", os.W_OK)
    assert any(line.endswith("-m harness demo") for line in asked)


def test_the_image_is_made_once(fedora: Host) -> None:
    assert "making the image" in fedora.run("make", "demo", "CONTAINER_ARGS=--memory=4g").stderr
    making = (fedora.kept / "making").read_text(encoding="utf-8").splitlines()
    assert {"docker.io/library/debian:bookworm", "--memory=4g"} <= set(making)
    assert after(making, "-v") == [f"{fedora.tree}/tests/harness:/mnt:ro"]
    name = after(making, "--name")[0]
    assert (fedora.kept / "kept").read_text(encoding="utf-8") == f"{name}\n"
    assert "making the image" not in fedora.run("make", "test").stderr
    # What is in it is in its name.
    packages = fedora.tree / "tests/harness/packages"
    packages.write_text(packages.read_text(encoding="utf-8") + "more  less\n", encoding="utf-8")
    (fedora.kept / "image").unlink()
    before = (fedora.kept / "name").read_text()
    fedora.run("make", "test", "IMAGE=mine")
    assert "mine" in (fedora.kept / "making").read_text(encoding="utf-8").splitlines()
    assert (fedora.kept / "name").read_text() != before


def test_an_image_that_cannot_be_made(fedora: Host) -> None:
    (fedora.kept / "unmade").write_text("no such image\n", encoding="ascii")
    ran = fedora.run("make", "demo")
    assert ran.stderr.splitlines()[1:3] == [
        "no such image", "taskmods: podman cannot make an image from "
        "docker.io/library/debian:bookworm: see above; is the network there?"]
    assert (fedora.kept / "removed").exists() and not (fedora.kept / "image").exists()
    assert fedora.asked() == []


@pytest.mark.parametrize("asked, said", [
    ("CONTAINER=docker", HERE + "docker"),
    ("CONTAINER=podman", HERE + "podman"),
    ("CONTAINER=lxc", "taskmods: CONTAINER=lxc is neither podman, docker nor none"),
])
def test_the_engine_is_chosen(fedora: Host, asked: str, said: str) -> None:
    assert said in fedora.run("make", "demo", asked).stderr.splitlines()
    if said.endswith("docker"):
        assert "systempaths=unconfined" in fedora.asked()


def test_the_make_of_macos_can_read_it() -> None:
    """That is 3.81: what came later would be a syntax error, or something else, to it."""
    assert NEWER.findall((TOP / "Makefile").read_text(encoding="utf-8")) == []


def linked(place: Path, names: tuple[str, ...]) -> Path:
    """Make a directory that has these programs of the host's, by links, and no other; return it."""
    place.mkdir()
    for name in names:
        (place / name).symlink_to(shutil.which(name) or name)
    return place


def without_an_engine(host: Host, *arguments: str) -> list[str]:
    """Run make where there is none; return what it says itself."""
    bare = linked(host.tree.parent / "bare", PROGRAMS)
    ran = host.run("make", *arguments, PATH=str(bare))
    assert ran.returncode == 2
    return [line for line in ran.stderr.splitlines() if not line.startswith("make: ***")]


def test_without_an_engine_a_line_says_what_to_install(fedora: Host) -> None:
    assert without_an_engine(fedora, "demo") == [
        "taskmods: this host is Fedora Linux 42, not Debian: install podman or docker; then the "
        "same command runs in a container of Debian"]


def test_an_engine_that_is_not_there(fedora: Host) -> None:
    assert without_an_engine(fedora, "demo", "CONTAINER=docker") == [
        "taskmods: CONTAINER=docker, and docker is not installed"]


def test_these_programs_are_enough(fedora: Host) -> None:
    bare = linked(fedora.tree.parent / "bare", (*PROGRAMS, "env", "ls"))
    assert HERE + "podman" in fedora.run("make", "demo", PATH=f"{fedora.bin}:{bare}").stderr
    assert fedora.asked()


def test_an_engine_that_does_not_work(fedora: Host) -> None:
    (fedora.kept / "broken").write_text("cannot reach it\n", encoding="ascii")
    ran = fedora.run("make", "demo")
    assert ran.stderr.splitlines()[0] == "taskmods: podman does not work here: cannot reach it"
    assert (len(ran.stderr.splitlines()), fedora.asked()) == (2, [])


def test_none_is_here(fedora: Host) -> None:
    ran = fedora.run("make", "demo", "CONTAINER=none")
    assert "this host is not Debian, whose packages the VM is made of" in ran.stderr
    assert fedora.asked() == []


def test_debian_is_as_it_was(fedora: Host) -> None:
    fedora.release.write_text("ID=debian\nVERSION_CODENAME=bookworm\n", encoding="ascii")
    assert "6.1-cloud" in fedora.run("make", "kernels").stdout
    assert fedora.asked() == []
    assert "taskmods: this host is Debian: running in a container of Debian, by podman" in (
        fedora.run("make", "kernels", "CONTAINER=podman").stderr)
    assert fedora.asked()


@pytest.mark.parametrize("release, name", [
    ("ID=ubuntu\nID_LIKE=debian\nPRETTY_NAME='Ubuntu 26.04 LTS'\n", "Ubuntu 26.04 LTS"),
    ("ID=arch\n", "arch"), ("NAME=Mine\n", "Linux")])
def test_what_is_not_debian(fedora: Host, release: str, name: str) -> None:
    fedora.release.write_text(release, encoding="ascii")
    assert f"taskmods: this host is {name}: running in a container" in (
        fedora.run("make", "demo").stderr)


@pytest.mark.parametrize("target", ["help", "clean", "modules KDIR=/nope", "modules_install",
                                    "install DESTDIR=/nope", "uninstall DESTDIR=/nope", "cli"])
def test_what_is_for_the_host_stays_there(fedora: Host, target: str) -> None:
    fedora.run("make", *target.split())
    assert not (fedora.kept / "image").exists()


def test_modules_of_the_vm_are_built_in_the_container(fedora: Host) -> None:
    """Where there are headers of the running kernel these are for the host."""
    headers = Path(f"/lib/modules/{os.uname().release}/build/Makefile")
    fedora.run("make", "modules")
    assert ('exec make --no-print-directory modules KDIR="$kdir"' in "".join(fedora.asked())) is (
        not headers.exists())


def test_variables_come_along(fedora: Host) -> None:
    fedora.run("make", "matrix", "ARCH=arm64 s390x", "T=a and not b",
               "CONTAINER_ARGS=--memory=4g --cpus=2", "TASKMODS_BUILD=../other")
    asked = fedora.asked()
    assert {"ARCH", "T", "KERNEL", "MSG", "TASKMODS_BUILD", "TERM"} <= set(after(asked, "-e"))
    told = (fedora.kept / "env").read_text(encoding="utf-8").splitlines()
    assert {"ARCH=arm64 s390x", "T=a and not b"} <= set(told)
    assert {"--memory=4g", "--cpus=2"} <= set(asked)
    # What is written there is to be found afterwards.
    other = fedora.tree.parent / "other"
    assert f"{other}:{other}" in after(asked, "-v")


@pytest.mark.parametrize("target, given, networks", [
    ("lab", "", ["--network=host"]), ("site", "", []), ("lab", "--network=own", ["--network=own"])])
def test_the_page_is_served_on_the_host(fedora: Host, target: str, given: str,
                                        networks: list[str]) -> None:
    fedora.run("make", target, f"CONTAINER_ARGS={given}")
    assert [word for word in fedora.asked() if word.startswith("--network")] == networks


def test_what_is_named_is_there_by_its_name(fedora: Host) -> None:
    base = fedora.tree.parent
    for name in ("driver", "a prefix"):
        (base / name).mkdir()
    (base / "use").write_text("true\n", encoding="ascii")
    (base / "link").symlink_to(base / "driver")
    fedora.run("make", "try", "DIR=../driver", f"USE={base}/use", f"FROM={base}/link",
               "EXPECT=../nope", "KMOD=../a prefix")
    given = set(after(fedora.asked(), "-v"))
    named = (base / "driver", base / "use", base / "link", base / "a prefix")
    assert {f"{place}:{place}" for place in named} <= given
    assert not [one for one in given if "nope" in one]


def test_nothing_is_given_twice(fedora: Host) -> None:
    """An engine refuses that."""
    (fedora.tree.parent / "driver").mkdir()
    fedora.run("make", "try", "DIR=.", "FROM=examples/hello_mod", "KMOD=../driver",
               f"USE={fedora.tree}/LICENSE", "EXPECT=../driver")
    given = [place.partition(":")[0] for place in after(fedora.asked(), "-v")]
    assert sorted(given) == sorted(map(str, (fedora.tree, fedora.tree.parent / "cache/taskmods",
                                             fedora.tree.parent / "driver")))


def test_a_terminal_is_passed_on(fedora: Host) -> None:
    ours, theirs = pty.openpty()
    try:
        subprocess.run(fedora.command("make", "demo"), cwd=fedora.tree, check=False, stdin=theirs,
                       stdout=theirs, stderr=theirs, env=fedora.env())
        assert "-t" in fedora.asked()
    finally:
        os.close(ours)
        os.close(theirs)


# Of Ctrl-C, which tells both, a shell that stands for podman learns nothing in the background.
@pytest.mark.parametrize("what, lines, told", [
    ("making", 1, signal.SIGINT), ("making", 1, signal.SIGTERM), ("run", 2, signal.SIGTERM)])
def test_the_engine_is_told_to_end_and_no_container_stays(fedora: Host, what: str, lines: int,
                                                          told: signal.Signals) -> None:
    """While the image is made, and while the command runs."""
    waits, scratch = fedora.kept / f"{what}-waits", fedora.tree.parent / "scratch"
    waits.touch()
    scratch.mkdir()
    # A shell's job in the background ignores Ctrl-C, and so does all that it starts.
    argv = ["env", "--default-signal=INT", *fedora.command("tests/harness/in-debian", "true")]
    with subprocess.Popen(argv, cwd=fedora.tree, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, start_new_session=True,
                          env=fedora.env(TMPDIR=str(scratch))) as running:
        assert running.stderr
        # A line of its own for the image, then one for the run.
        said = [running.stderr.readline() for _ in range(lines)]
        assert "making the image" in said[0] and said[1:] == [f"{HERE}podman\n"][:lines - 1]
        while not (fedora.kept / "ready").exists():
            assert running.poll() is None
            time.sleep(0.01)
        if told is signal.SIGINT:
            os.killpg(running.pid, told)
        else:
            running.send_signal(told)
        status = running.wait()
    assert status == 128 + told
    asked = (fedora.kept / what).read_text(encoding="utf-8").splitlines()
    name = after(asked, "--name")[0]
    assert waits.read_text(encoding="ascii") == f"{name} told to end\n"
    assert (fedora.kept / "removed").read_text(encoding="ascii") == f"rm -f {name}\n"
    assert (fedora.kept / "image").exists() is (what == "run")
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("owner", [0, 12345])
def test_what_it_wrote_is_the_users(fedora: Host, owner: int) -> None:
    """Where root of the container is the host's, and the user is not."""
    (fedora.kept / "works").touch()
    cache = fedora.tree.parent / "cache/taskmods"
    cache.mkdir(parents=True)
    for place in (cache, fedora.tree, fedora.tree / "README.md"):
        os.chown(place, owner, owner)
    os.chown(fedora.tree / "LICENSE", 54321, 54321)
    ran = fedora.run("tests/harness/in-debian", f"mkdir build && touch '{cache}/one' && exit 4")
    assert ran.returncode == 4
    for path in (fedora.tree / "build", fedora.tree / "README.md", cache / "one"):
        assert path.stat().st_uid == path.stat().st_gid == owner
    assert (fedora.tree / "LICENSE").stat().st_uid == 54321
