# SPDX-License-Identifier: GPL-2.0
"""taskmods, the command, built for the host and for guests."""

import json
import subprocess
from pathlib import Path
from typing import Any

from . import cache
from .paths import BUILD, TOP
from .progress import step
from .run import run

SOURCES = TOP / "cli"
# What of it finds messages, and writes what is found as JSON: it is built into other programs, too.
FINDS_MESSAGES = tuple(SOURCES / f"{name}.c" for name in (
    "answers", "error", "json", "match", "plain", "records", "text", "utf8", "wrap"))
WARNINGS = "-O2 -Werror -fanalyzer"
# A guest's libc may be older than the host's.
FOR_GUESTS = "-static"


def build(place: Path, cflags: str = "-O2 -Werror", ldflags: str = "",
          compiler: str = "cc") -> Path:
    """Build the command in a directory; return its path.

    Raises HarnessError with the compiler's words where that fails.
    """
    place.mkdir(parents=True, exist_ok=True)
    run(["make", "-s", "-C", SOURCES, f"O={place}", f"CC={compiler}", f"CFLAGS={cflags}",
         f"LDFLAGS={ldflags}"], "build taskmods")
    return place / "taskmods"


def built(compiler: str = "cc", ldflags: str = "") -> Path:
    """Return the command, built under build/ where it is not up to date, for what compiles it.

    Raises HarnessError with the compiler's words where that fails.
    """
    own = [] if compiler == "cc" else [compiler]
    place = BUILD / "-".join(("cli", *(["static"] if ldflags else []), *own))
    with cache.lock(place.with_suffix(".lock")), step("Building taskmods"):
        return build(place, ldflags=ldflags, compiler=compiler)


def answers(text: str) -> list[dict[str, Any]]:
    """Return what `taskmods explain --json` says of some lines: the nearest to a cause first.

    Raises HarnessError where the command cannot be built.
    """
    done = subprocess.run([built(), "explain", "--json"], text=True, check=False, input=text,
                          capture_output=True)
    found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return found
