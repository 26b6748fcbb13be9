# SPDX-License-Identifier: GPL-2.0
"""The matcher of taskmods explain as WebAssembly: the same C, compiled by Debian's clang."""

from pathlib import Path

from ..host import cli
from ..host.paths import TOP
from ..host.run import run
from ..lab import sources

_OURS = TOP / "site/catalogue/explain.c"
_FLAGS = ("--target=wasm32-wasi", "-mexec-model=reactor", "-std=gnu11", "-D_GNU_SOURCE", "-O2",
          "-Wall", "-Wextra", "-Wshadow", "-Wmissing-prototypes", "-Werror", "-s")


def built_with() -> dict[str, str]:
    """Return what is linked into it besides, by package: the source of each, "NAME VERSION".

    Raises HarnessError where that is not installed.
    """
    runtime = run(["clang", *_FLAGS[:1], "--print-libgcc-file-name"], "find what clang links")
    owner, _, _ = run(["dpkg-query", "-S", Path(runtime.strip()).resolve()],
                      "find whose it is").partition(":")
    return {name: sources.installed(name) for name in (owner, "wasi-libc")}


def build(target: Path) -> None:
    """Compile it to a file.

    Raises HarnessError with the compiler's words where that fails.
    """
    # Building the command makes C of the table.
    table = cli.built().parent
    run(["clang", *_FLAGS, f"-I{cli.SOURCES}", f"-I{table}", "-o", target, _OURS,
         *cli.FINDS_MESSAGES], "compile what explains messages")
