# SPDX-License-Identifier: GPL-2.0
"""A sandbox for programs that are not ours, or not this system's: bubblewrap's, and strict.

Such a program has no network, no environment, an empty home and an empty /lib/modules; it sees no
other process, and of our files those that it is shown.
"""

import functools
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import HarnessError
from .paths import BUILD

_SYSTEM = ("usr", "bin", "sbin", "lib", "lib64")
# Of a system's own /etc what its programs do not run without; the host's has what is nobody's
# business.
_ETC = ("alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "passwd", "group",
        "nsswitch.conf", "os-release", "debian_version", "ssl/openssl.cnf")
_BOX = ("bwrap", "--die-with-parent", "--unshare-all", "--clearenv", "--setenv", "PATH",
        "/usr/sbin:/usr/bin:/sbin:/bin", "--setenv", "LANG", "C")
_HOME = "/run/home"
_MOUNTS = ("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", _HOME)


def command(argv: Sequence[str | Path], system: Path | None, readable: Sequence[Path],
            writable: Sequence[Path], env: Mapping[str, str] | None = None,
            headers: Mapping[str, Path] | None = None) -> list[str | Path]:
    """Return what runs `argv` among the programs of `system`, an unpacked one, or of the host.

    Directories have the names there that they have here; it runs where it is started, which must be
    among those that are `readable` or `writable`. `env` is all of its environment, but for PATH.
    `headers` are all that /lib/modules has: by place, e.g. 6.1.0/build, what that leads to.
    """
    root = system or Path("/")
    box: list[str | Path] = [*_BOX, *_MOUNTS, *_set({"HOME": _HOME, **(env or {})})]
    for name in _SYSTEM:
        place = root / name
        if place.is_symlink():
            box += ["--symlink", os.readlink(place), f"/{name}"]
        elif place.is_dir():
            box += ["--ro-bind", place, f"/{name}"]
    for name in _ETC:
        if (root / "etc" / name).exists():
            box += ["--ro-bind", root / "etc" / name, f"/etc/{name}"]
    box += _modules(root, headers or {})
    for place in readable:
        box += ["--ro-bind", place, place]
    for place in writable:
        box += ["--bind", place, place]
    return [*box, *argv]


def _modules(root: Path, headers: Mapping[str, Path]) -> list[str | Path]:
    """Return the options for a /lib/modules that has nothing but ways to headers."""
    lib = "usr/lib" if (root / "lib").is_symlink() else "lib"
    box: list[str | Path] = []
    if (root / lib / "modules").is_dir():
        box += ["--tmpfs", f"/{lib}/modules"]
    elif headers:
        # It cannot be made below what is read-only: so all else is put beside it.
        box += ["--tmpfs", f"/{lib}"]
        for path in sorted((root / lib).iterdir()):
            box += (["--symlink", os.readlink(path), f"/{lib}/{path.name}"] if path.is_symlink()
                    else ["--ro-bind", path, f"/{lib}/{path.name}"])
    for name, place in headers.items():
        box += ["--symlink", place, f"/{lib}/modules/{name}"]
    return box


def inside(root: Path, argv: Sequence[str | Path], env: Mapping[str, str]) -> list[str | Path]:
    """Return what runs `argv` as root of a system that is unpacked in `root`, which is its own."""
    return [*_BOX, "--uid", "0", "--gid", "0", "--bind", root, "/", *_MOUNTS, *_set(env),
            "--chdir", "/root", *argv]


def _set(env: Mapping[str, str]) -> list[str]:
    return [word for name, value in env.items() for word in ("--setenv", name, value)]


@functools.cache
def refusal() -> str:
    """Return why no sandbox can be made here, as in most containers; or nothing where it can."""
    BUILD.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(command(["true"], None, [], [BUILD]), text=True, capture_output=True,
                              check=False)
    except FileNotFoundError:
        return "bubblewrap is not installed"
    return done.stderr.strip() or "bubblewrap failed" if done.returncode else ""


def demand(what: str) -> None:
    """Raise HarnessError where no sandbox can be made here; `what` completes "cannot ..."."""
    if refusal():
        raise HarnessError(f"cannot {what} here: bubblewrap may not make a sandbox "
                           f"({refusal()}): use a machine, or a container that is privileged")
