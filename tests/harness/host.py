# SPDX-License-Identifier: GPL-2.0
"""The host: where things are, what it must have, and running its programs."""

import os
import platform
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import HarnessError

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("TASKMODS_BUILD", TOP / "build"))


def run(argv: Sequence[str | Path], what: str, cwd: Path | None = None,
        env: dict[str, str] | None = None, stderr: int = subprocess.PIPE) -> str:
    """Run a program of the host's and return its standard output.

    With `stderr` subprocess.STDOUT that holds its complaints, too. `what` completes "cannot ..."
    for the message.
    Raises HarnessError with the last lines it wrote where it fails or is not there.
    """
    try:
        done = run_group(argv, cwd, {**_in_english(), **(env or {})}, stderr)
    except FileNotFoundError as error:
        raise HarnessError(f"cannot {what}: {argv[0]} is not installed") from error
    if done.returncode:
        err = done.stderr or ""
        if "No space left on device" in done.stdout + err:
            raise HarnessError(f"cannot {what}: no space left on the disk: free some, or set "
                               "XDG_CACHE_HOME, TMPDIR or TASKMODS_BUILD to where there is more")
        said = (err.strip() or done.stdout.strip()).splitlines()[-15:]
        raise HarnessError(f"cannot {what}: {argv[0]} failed with status {done.returncode}\n  "
                           + "\n  ".join(said))
    return done.stdout


def run_group(argv: Sequence[str | Path], cwd: Path | None, env: dict[str, str],
              stderr: int = subprocess.PIPE, timeout: float | None = None
              ) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, in a process group of its own; `stderr` is as subprocess has it.

    Where we are interrupted, or the time is up, it is ended with all that it started.
    Raises FileNotFoundError where it is not there, subprocess.TimeoutExpired.
    """
    with subprocess.Popen(argv, cwd=cwd, env=env, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=stderr, start_new_session=True) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            # Programs clean up on this one; nothing of ours ignores it.
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate()
            raise
    return subprocess.CompletedProcess(argv, process.returncode, out, err)


def environment() -> dict[str, str]:
    """Return our environment, in English, without what a make around us says to its own."""
    ours = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "T", "MSG", "MINUTES", "KERNEL")
    return {name: value for name, value in _in_english().items() if name not in ours}


def _in_english() -> dict[str, str]:
    """Return our environment without its languages; kbuild takes LC_ALL away, then LANG counts."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("LANG", "LC_"))}
    return {**kept, "LANG": "C", "LC_ALL": "C"}


def codename() -> str:
    """Return the host's Debian suite, e.g. "bookworm".

    Raises HarnessError on anything but Debian on amd64.
    """
    release = platform.freedesktop_os_release()
    if release.get("ID") != "debian" or "VERSION_CODENAME" not in release:
        raise HarnessError("this host is not Debian, whose packages the VM is made of: "
                           "use a Debian 12 or 13 machine or container")
    if platform.machine() != "x86_64":
        raise HarnessError(f"this host is {platform.machine()}: the VM needs x86_64")
    return release["VERSION_CODENAME"]


def processors() -> int:
    """Return how many processors we may use: a container may have fewer than the machine."""
    return len(os.sched_getaffinity(0))


def boot_id() -> str:
    """Return what names this boot of the host."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
