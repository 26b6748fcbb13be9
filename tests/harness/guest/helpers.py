# SPDX-License-Identifier: GPL-2.0
"""Our own programs in a guest, the agent among them: static, of ../../guest/."""

import functools
import os
import subprocess
from contextlib import suppress
from pathlib import Path

from ..host import cache
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.run import run
from ..kernels.architectures import Architecture


@functools.cache
def run_here(architecture: Architecture) -> bool:
    """Return whether this host runs an architecture's programs: then it can set up its packages.

    Raises HarnessError with the compiler's words where ours cannot be built.
    """
    if architecture.is_host:
        return True
    agent = next(path for path in built(architecture) if path.name == "agent")
    with suppress(OSError):
        return subprocess.run([agent, "number", "init_module"], check=False,
                              stdout=subprocess.DEVNULL).returncode == 0
    return False


def built(architecture: Architecture) -> list[Path]:
    """Build them for an architecture where they are not up to date; return their paths.

    Raises HarnessError with the compiler's words where that fails.
    """
    out = BUILD / "guest" / architecture.name
    out.mkdir(parents=True, exist_ok=True)
    with cache.lock(out.with_suffix(".lock")), step("Building the guest's agent"):
        run(["make", "-s", "-C", TOP / "tests/guest", f"O={out}",
             f"CC={architecture.tool('gcc')}"], "build the guest's agent")
    return sorted(path for path in out.iterdir() if os.access(path, os.X_OK))
