# SPDX-License-Identifier: GPL-2.0
"""What a kernel lacks, so that a suite is not for it: its options, found by what the build misses.

A subsystem's header has what it offers below a condition, or its option is called as the header.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from ..kernels.kernel import Kernel

_MISSED = re.compile(r"modpost: \"(\w+)\" \[\S+\] undefined|"
                     r"implicit declaration of function [‘'\"](\w+)|"
                     r"^(?:ERROR|WARNING): \"(\w+)\" \[\S+\] undefined", re.MULTILINE)
_CONDITION = re.compile(r"^\s*#\s*(if|ifdef|ifndef|else|elif|endif)\b(.*)$")


def options(kernel: Kernel, log: str) -> list[str]:
    """Return the options that would have to be on for what a build's log misses, if any are."""
    missed: set[str] = {next(filter(None, groups)) for groups in _MISSED.findall(log)}
    if not missed:
        return []
    found: set[str] = set()
    off = set(re.findall(r"^# (CONFIG_\w+) is not set$", _config(kernel), re.MULTILINE))
    for header, conditions in _declared(kernel, missed):
        asked = [option for option in conditions if option not in kernel.options]
        stem = f"CONFIG_{header.stem.upper().replace('-', '_')}"
        found.update(asked or ([stem] if stem in off else []))
    return sorted(found)


def _config(kernel: Kernel) -> str:
    path = kernel.kdir / ".config"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _declared(kernel: Kernel, names: set[str]) -> Iterator[tuple[Path, list[str]]]:
    """Return where headers declare functions, and the options that these are below."""
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\s*\(")
    for source in sorted((kernel.root / "usr/src").glob("*/include")):
        for header in (source / "linux").rglob("*.h"):
            text = header.read_text(encoding="utf-8", errors="replace")
            if pattern.search(text):
                yield from ((header, conditions) for conditions in _conditions(text, pattern))


def _conditions(text: str, pattern: "re.Pattern[str]") -> Iterator[list[str]]:
    stack: list[list[str]] = []
    for line in text.splitlines():
        found = _CONDITION.match(line)
        if not found:
            if pattern.search(line) and not line.lstrip().startswith(("*", "/*", "//")):
                yield [option for level in stack for option in level]
            continue
        word, rest = found.groups()
        if word in ("if", "ifdef"):
            stack.append([] if "!" in rest else re.findall(r"CONFIG_\w+", rest))
        elif word == "ifndef":
            stack.append([])
        elif stack:
            stack.pop()
            if word != "endif":
                stack.append([])
