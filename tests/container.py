# SPDX-License-Identifier: GPL-2.0
"""A plain container: Debian with make and git, run by podman and runc as these are without options.

So its root has few capabilities and system calls: it can neither mount nor make a namespace.
"""

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from harness.commands.deb import copy_sources

from harness.host import cache
from harness.host.apt import Archive
from harness.host.progress import step
from harness.host.run import environment, run as run_program, run_group

SUITES = ("bookworm", "trixie")
# git has no use for ca-certificates here; apt has, where the host's sources are https.
_OPTIONS = ("--quiet", "--variant=minbase", "--include=make,git,ca-certificates")
_IMAGE = "image.tar"
# Nothing of the user's own is read or written, and what is written goes with the scratch directory:
# podman's other kind of lock stays in /dev/shm.
_CONFIG = """[engine]
runtime = "runc"
tmp_dir = "{scratch}/tmp"
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
"""
_STORAGE = """[storage]
driver = "vfs"
graphroot = "{scratch}/storage"
runroot = "{scratch}/run"
"""
# The limits are as low as docker's users may have them: podman's own, which are high, cannot be set
# where root may not raise limits, as in some sandboxes. No cgroup of podman's own stays.
_OPTIONS_OF_RUN = ("--network=host", "--ulimit=nofile=1024:1024", "--ulimit=nproc=4096:4096",
                   "--cgroups=no-conmon", "--cgroup-parent=/")


def run(suite: str, command: str, scratch: Path, seconds: int
        ) -> "subprocess.CompletedProcess[str]":
    """Have a shell in a container of a suite run a command in a copy of the tree, for that long.

    `scratch` is an empty directory, and is so again afterwards. Returns how the command ended, with
    all that it wrote in stdout; where the time was up, the container was ended and so failed.
    Raises HarnessError where the image cannot be had.
    """
    image, root = _image(suite), scratch / "root"
    with _podman(scratch) as env:
        root.mkdir()
        run_program(["tar", "-xf", image, "-C", root], f"unpack an image of {suite}")
        copy_sources(root / "root/taskmods")
        return run_group(["podman", "run", "--rm", *_OPTIONS_OF_RUN, "--workdir=/root/taskmods",
                          f"--timeout={seconds}", "--rootfs", str(root), "sh", "-c", command],
                         None, env, subprocess.STDOUT)


def make(suite: str, target: str, scratch: Path) -> "subprocess.CompletedProcess[str]":
    """Have make in a copy of the tree run itself in a container of a suite, with an empty cache.

    `scratch` is an empty directory, and is so again afterwards. Returns how make ended, with all
    that it wrote in stdout, and the names of the containers that it left there in stderr.
    Raises HarnessError where the image cannot be had.
    """
    image, base = _image(suite), f"localhost/debian:{suite}"
    with _podman(scratch) as env:
        run_program(["podman", "import", image, base], f"import an image of {suite}", env=env)
        tree = copy_sources(scratch / "tree")
        asked = {"CONTAINER": "podman", "IMAGE": base, "CONTAINER_ARGS": " ".join(_OPTIONS_OF_RUN),
                 "XDG_CACHE_HOME": str(scratch / "cache")}
        done = run_group(["make", "-C", str(tree), "--no-print-directory", target], None,
                         {**env, **asked}, subprocess.STDOUT)
        done.stderr = run_program(["podman", "ps", "--all", "--external", "--format={{.Names}}"],
                                  "list containers", env=env)
        return done


@contextmanager
def _podman(scratch: Path) -> Iterator[dict[str, str]]:
    """Give the environment of a podman whose all is in `scratch`, and empty that at the end."""
    (scratch / "containers.conf").write_text(_CONFIG.format(scratch=scratch), encoding="ascii")
    (scratch / "storage.conf").write_text(_STORAGE.format(scratch=scratch), encoding="ascii")
    env = {**environment(), "TMPDIR": str(scratch),
           "CONTAINERS_CONF": f"{scratch}/containers.conf",
           "CONTAINERS_STORAGE_CONF": f"{scratch}/storage.conf"}
    try:
        yield env
    finally:
        run_program(["podman", "rm", "--all", "--force", "--time=0"], "remove the container",
                    env=env)
        _await_end(scratch)
        for path in scratch.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _await_end(scratch: Path) -> None:
    """Wait until what watched over the container, and tidies up when it has ended, is done."""
    while watchers := [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline")
                       if bytes(scratch) in _content(path)]:
        for pid in watchers:
            with suppress(ProcessLookupError):
                fd = os.pidfd_open(pid)
                select.select([fd], [], [])
                os.close(fd)


def _content(path: Path) -> bytes:
    """Return what a file of a process's holds; nothing where the process has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return path.read_bytes()
    return b""


def _image(suite: str) -> Path:
    return cache.entry(f"container-{suite}", repr(_OPTIONS), partial(_make, suite)) / _IMAGE


def _make(suite: str, place: Path) -> None:
    with step(f"Making an image of {suite} with make and git (about 200 MB)"), \
            Archive(place / "scratch", suite) as archive:
        archive.version("make")
        sources = archive.scratch / "sources.list"
        sources.write_text(archive.sources(), encoding="ascii")
        # As another than root it works in a namespace, to which nothing but /tmp may be open.
        env = {"TMPDIR": str(archive.scratch)} if os.geteuid() == 0 else None
        run_program(["mmdebstrap", *_OPTIONS, suite, place / _IMAGE, sources],
                    f"make an image of {suite}", env=env)
