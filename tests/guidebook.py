# SPDX-License-Identifier: GPL-2.0
"""The guide, docs/guide/ and docs/guide.zh/, as a test reads it: what is typed, and what is seen.

A step is a heading `### 3.2 title`. In its block marked `console` each line that begins with "# "
is typed, and what follows is seen; `...` on a line of its own stands for any lines. Its block
marked `check` is a command that succeeds once the step is done.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.host.paths import TOP

ENGLISH = TOP / "docs/guide"
CHINESE = TOP / "docs/guide.zh"
# The kernel that the guide shows: another guest's own release stands for it.
RELEASE = re.compile(r"\b6\.1\.0-\d+-\w+(?:-\w+)*")

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^### (\d+\.\d+) (.+)$", re.MULTILINE)
# In this order: an address, and any other number.
_VARIES = re.compile(r"(\b(?:0x)?(?=[0-9a-f]*[0-9])[0-9a-f]{8,16}\b)|(\d+)")


@dataclass(frozen=True)
class Command:
    """A command, and the lines that are seen after it."""

    typed: str
    seen: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A step by its number: commands, checks, and what is for the host's own shell."""

    number: str
    title: str
    commands: tuple[Command, ...]
    checks: tuple[str, ...]
    host: tuple[str, ...]


def chapters(folder: Path) -> list[Path]:
    """Return a guide's chapters, in order."""
    return sorted(folder.glob("[0-9][0-9]-*.md"))


def steps(path: Path) -> list[Step]:
    """Return the steps of a chapter, in order."""
    parts = _HEADING.split(path.read_text(encoding="utf-8"))[1:]
    return [_step(*parts[at:at + 3]) for at in range(0, len(parts), 3)]


def _step(number: str, title: str, text: str) -> Step:
    blocks = [(match[1], match[2].strip("\n")) for match in _BLOCK.finditer(text)]
    return Step(number, title,
                tuple(command for kind, block in blocks if kind == "console"
                      for command in _commands(block)),
                tuple(block for kind, block in blocks if kind == "check"),
                tuple(block for kind, block in blocks if kind == "sh"))


def _commands(block: str) -> Iterator[Command]:
    """Yield the commands of a console; raises ValueError where it begins with none."""
    before, *parts = re.split(r"^# ", block, flags=re.MULTILINE)
    if before:
        raise ValueError(f"nothing was typed before this: {before}")
    for part in parts:
        typed, *seen = part.rstrip("\n").split("\n")
        yield Command(typed, tuple(seen))


def differs(told: Sequence[str], seen: str, release: str) -> str:
    """Return the lines that were seen, where they are not those that are told, or nothing.

    Any number is as good as another, and so is any address, of eight hexadecimal digits or more.
    The kernel's release is the guest's. Blanks count as one, at a line's end as none; and bash
    names the line of a script, which it does not at a terminal.
    """
    lines = [_plain(line) for line in seen.splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "..." else _pattern(line, release) + r"\n"
                      for line in told)
    whole = "".join(f"{line}\n" for line in lines)
    return "" if re.fullmatch(pattern, whole) else whole or "(nothing)"


def _plain(line: str) -> str:
    line = re.sub(r"\s+", " ", line).rstrip().replace("[ ", "[")
    return re.sub(r"^(?:/bin/)?bash: line \d+: ", "bash: ", line)


def _pattern(line: str, release: str) -> str:
    at, made = 0, ""
    line = _plain(line)
    for match in RELEASE.finditer(line):
        made += _numbers(line[at:match.start()]) + re.escape(release)
        at = match.end()
    return made + _numbers(line[at:])


def _numbers(text: str) -> str:
    at, made = 0, ""
    for match in _VARIES.finditer(text):
        any_other = r"(?:0x)?[0-9a-f]{8,16}" if match[1] else r"\d+"
        made += re.escape(text[at:match.start()]) + any_other
        at = match.end()
    return made + re.escape(text[at:])
