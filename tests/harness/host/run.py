# SPDX-License-Identifier: GPL-2.0
"""Running programs of the host's."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import HarnessError


_NAMES = "TASKMODS_VARIABLES"


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
    """Return our environment, in English, without what a make around us says to its own.

    The Makefile names its variables in one, TASKMODS_VARIABLES.
    """
    ours = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", *os.environ.get(_NAMES, "").split(), _NAMES)
    return {name: value for name, value in _in_english().items() if name not in ours}


def _in_english() -> dict[str, str]:
    """Return our environment without its languages; kbuild takes LC_ALL away, then LANG counts."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("LANG", "LC_"))}
    return {**kept, "LANG": "C", "LC_ALL": "C"}
