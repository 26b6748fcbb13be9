# SPDX-License-Identifier: GPL-2.0
"""make check: what a maintainer would run over the code before reading it."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from ..host import cache, cli
from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.progress import step
from ..host.run import run
from ..host.system import codename
from ..kernels import build, source
from . import chosen

TREES = {"modules": TOP, "fixtures": build.FIXTURES, "examples": build.EXAMPLES}
# The command is no part of the kernel, and has not its types and macros.
_NOT_OF_CLI = ("SPLIT_STRING", "PREFER_DEFINED_ATTRIBUTE_MACRO", "PREFER_KERNEL_TYPES", "VOLATILE",
               "CAMELCASE", "MACRO_ARG_REUSE", "QUOTED_WHITESPACE_BEFORE_NEWLINE")
_SCRIPTS = (".ci/*", "debian/*", "debian/tests/*", "install/*", "tests/harness/*")
_CHECKPATCH_FILES = ("checkpatch.pl", "spelling.txt", "const_structs.checkpatch")


def main() -> int:
    """Run every check, go on after a failure, and return 0 if all passed."""
    failed = 0
    for name, check in CHECKS.items():
        try:
            said = check()
            print(f"{name:<12} ok    {said}", flush=True)
        except HarnessError as error:
            failed += 1
            print(f"{name:<12} FAIL  {error}", flush=True)
    if failed:
        print(f"taskmods: {failed} of {len(CHECKS)} checks failed", file=sys.stderr)
    return 1 if failed else 0


def _kernel_sources() -> list[Path]:
    return [path for top in TREES.values() for path in build.tree_sources(top)
            if path.suffix in (".c", ".h")]


def _checkpatch() -> str:
    script = cache.entry(f"checkpatch-{codename()}", repr(_CHECKPATCH_FILES),
                         _fetch_checkpatch) / "checkpatch.pl"
    # What is timed is built for the one kernel that it is timed in, and not here.
    sources = [*_kernel_sources(), *(path for path in build.tree_sources(build.NATIVE)
                                     if path.suffix in (".c", ".h"))]
    BUILD.mkdir(exist_ok=True)
    of_cli = sorted(cli.SOURCES.glob("*.[ch]"))
    options = ["--quiet", "--terse", "--no-summary"]
    run(["perl", script, *options, "--file", *sources], "pass checkpatch --strict",
        cwd=TOP)
    # Where it sees names in mixed case it writes a file to where it is.
    run(["perl", script, *options, "--no-tree", "--strict",
         f"--ignore={','.join(_NOT_OF_CLI)}", "--file", *of_cli], "pass checkpatch --strict",
        cwd=BUILD)
    return f"{len(sources) + len(of_cli)} files, --strict"


def _fetch_checkpatch(place: Path) -> None:
    """Take checkpatch out of the kernel's source, the one package that has it."""
    scratch = place / "scratch"
    scratch.mkdir()
    with step("Taking checkpatch out of the kernel's source"):
        source.unpack(scratch, tuple(f"scripts/{name}" for name in _CHECKPATCH_FILES))
    for name in _CHECKPATCH_FILES:
        shutil.move(scratch / "scripts" / name, place / name)
    shutil.rmtree(scratch)


def _compile(*options: str) -> str:
    """Build all modules anew with the options; return what make said. Warnings fail it."""
    kern = chosen.kernel()
    said = ""
    build.suite(kern)
    for stage, top in TREES.items():
        place = BUILD / kern.release / f"check-{stage}"
        with cache.lock(place.with_suffix(".lock")):
            shutil.rmtree(place, ignore_errors=True)
            core = () if top == TOP else build.core_options(kern)
            said += build.compile_tree(kern, top, place, options + core)
    found = complaints(said)
    if found:
        raise HarnessError("\n  ".join(["warnings:", *found[:20]]))
    return said


def complaints(said: str) -> list[str]:
    """Return the lines of make's in which something complains."""
    return [line for line in said.splitlines()
            if re.search(r"warning|error:", line, re.IGNORECASE)]


def _compiler_and_sparse() -> str:
    """All that looks at the modules while they are built: one build, as each takes a minute."""
    said = _compile("C=2", "CHECK=sparse", "KBUILD_CHECKSRC=2", "W=1",
                    "KCFLAGS=-Werror -fanalyzer")
    checked = re.findall(r"^ +CHECK +\S+?([^/\s]+/[^/\s]+\.c)$", said, re.MULTILINE)
    left_out = build.unbuildable(chosen.kernel())
    sources = [path for path in _kernel_sources()
               if path.suffix == ".c" and path.parent.name not in left_out]
    if len(set(checked)) != len(sources):
        raise HarnessError(f"sparse looked at {len(set(checked))} of {len(sources)} files")
    return f"{len(checked)} files: gcc -fanalyzer, W=1 -Werror and sparse, silent"


def _agent() -> str:
    out = BUILD / "check-guest"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for folder, target in (("guest", "all"), ("bench", "programs"), ("bench", "native")):
        run(["make", "-s", "-C", TOP / "tests" / folder, f"O={out}", target],
            "build the guest's programs without a warning")
    return "the guest's programs, -Wall -Wextra -Werror"


def _cli() -> str:
    shutil.rmtree(BUILD / "check-cli", ignore_errors=True)
    cli.build(BUILD / "check-cli", cli.WARNINGS)
    run(["mandoc", "-T", "lint", "-W", "warning", cli.SOURCES / "taskmods.1"],
        "read the manual without a warning")
    return "the command, -Wall -Wextra -Werror -fanalyzer; its manual"


def _versions() -> str:
    """One file may name a kernel version, or what is not there in each would be everywhere."""
    named = re.compile(r"\bLINUX_VERSION_|\bKERNEL_VERSION\(|<linux/version\.h>")
    wrong = [str(path.relative_to(TOP)) for path in _kernel_sources()
             if path.name != "compat.h" and named.search(path.read_text(encoding="utf-8"))]
    if wrong:
        raise HarnessError(f"kernel versions belong in compat.h, not in {', '.join(wrong)}")
    return "kernel versions in compat.h alone"


def _flake8() -> str:
    run(["/usr/bin/python3", "-m", "flake8", TOP / "tests"], "pass flake8", cwd=TOP)
    return "tests/"


def _mypy() -> str:
    run(["/usr/bin/python3", "-m", "mypy", f"--cache-dir={BUILD / 'mypy'}", TOP / "tests"],
        "pass mypy", cwd=TOP)
    return "tests/, strict"


def _shellcheck() -> str:
    scripts = [path for pattern in _SCRIPTS for path in sorted(TOP.glob(pattern))
               if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")]
    run(["shellcheck", "-x", *scripts], "pass shellcheck", cwd=TOP)
    return f"{len(scripts)} scripts"


CHECKS: dict[str, Callable[[], str]] = {
    "checkpatch": _checkpatch,
    "modules": _compiler_and_sparse,
    "versions": _versions,
    "guest": _agent,
    "cli": _cli,
    "flake8": _flake8,
    "mypy": _mypy,
    "shellcheck": _shellcheck,
}
