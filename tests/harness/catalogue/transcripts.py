# SPDX-License-Identifier: GPL-2.0
"""A row's part of docs/behaviours/, cut into commands; what other kernels showed beside each."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_KERNEL = re.compile(r"On (Linux [^:]+?)(?:, what differs)?:")
_SAME_ON = re.compile(r"The same on (Linux .+)\.")
_WITHOUT = re.compile(r"Not (?:run )?on (Linux [\d.]+, kmod \d+)(?:: | )(.*)", re.DOTALL)
_PROMPT = re.compile(r"(?:[#$]|call>) ")
_LOG = "kern  :"
# What it said of itself, but for the status that a command ended with.
_OF_BENCH = re.compile(r"\[(?!exit status ).*\]")


@dataclass
class Part:
    """A command as it stood at a prompt and what came of it; without a command, what stood alone.

    `note` is prose instead of both. `others` are the parts of other kernels, by what these are
    called, where they differ.
    """

    typed: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    note: str = ""
    others: dict[str, "Part"] = field(default_factory=dict)

    @property
    def is_of_others(self) -> bool:
        """Whether the first kernel had nothing like it."""
        return not (self.typed or self.lines or self.note)


@dataclass
class Transcript:
    """A row's: `kernel` is whose it is, `others` are those that differ, in the page's order.

    `same` are those on which it is the same, `without` says of a kernel why there is nothing of it.
    """

    kernel: str = ""
    parts: list[Part] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    without: dict[str, str] = field(default_factory=dict)


def read(text: str) -> Transcript:
    """Return the transcript of a row, from its part of the page."""
    found = Transcript()
    parts: dict[str, list[Part]] = {}
    kernel = ""
    for block in _blocks(text):
        if named := _KERNEL.fullmatch(block):
            kernel = named[1]
            parts[kernel] = []
        elif missing := _WITHOUT.fullmatch(block):
            found.without[missing[1]] = missing[2].removesuffix(".")
        elif alike := _SAME_ON.fullmatch(block):
            found.same = alike[1].split("; ")
        elif kernel:
            parts[kernel] += _parts(block)
    if parts:
        found.kernel, *found.others = parts
        found.parts = parts[found.kernel]
        for other in found.others:
            _set_beside(found.parts, parts[other], other)
    return found


def _blocks(text: str) -> Iterator[str]:
    """Yield a page's paragraphs, what is between two fences as one."""
    for number, piece in enumerate(re.split(r"^```(?:console)?\n?", text, flags=re.MULTILINE)):
        if number % 2:
            yield f"```{piece}"
        else:
            yield from filter(None, (" ".join(block.split()) for block in piece.split("\n\n")))


def _parts(block: str) -> list[Part]:
    if not block.startswith("```"):
        return [Part(note=block)]
    found: list[Part] = []
    for line in block[3:].splitlines():
        last = found[-1] if found else None
        if _PROMPT.match(line):
            found.append(Part(typed=[line]))
        elif last and last.typed and not last.lines and line.startswith("> "):
            last.typed.append(line)
        elif last and not _begins(line, last):
            last.lines.append(line)
        else:
            found.append(Part(lines=[line]))
    return found


def _begins(line: str, last: Part) -> bool:
    """Return whether a line is no more of what a command said, but of the log, or of the bench."""
    if line.startswith(_LOG):
        return not (last.lines and last.lines[-1].startswith(_LOG))
    return bool(_OF_BENCH.fullmatch(line))


def _set_beside(parts: list[Part], others: Sequence[Part], kernel: str) -> None:
    """Put each part of another kernel beside the part of the first that is most like it.

    The page has of another kernel only what differs, in the same order; what is like nothing gets a
    place of its own.
    """
    those = [part for part in others if not part.note]
    for part, place, found in reversed(_places(those, parts)):
        if found:
            parts[place].others[kernel] = part
        else:
            parts.insert(place, Part(others={kernel: part}))


def _places(others: Sequence[Part], parts: Sequence[Part]) -> list[tuple[Part, int, bool]]:
    """Return of each the part that it goes with, or else the one that it goes before.

    The order stays, and as much as can be is alike.
    """
    best = [[0.0] * (len(parts) + 1) for _ in range(len(others) + 1)]
    for row in reversed(range(len(others))):
        for column in reversed(range(len(parts))):
            alike = _likeness(others[row], parts[column])
            best[row][column] = max(best[row][column + 1], best[row + 1][column],
                                    alike + best[row + 1][column + 1] if alike else 0)
    found, column = [], 0
    for row, part in enumerate(others):
        at = column
        # It goes with none before that from which on less can be alike.
        while best[row][at] > best[row + 1][at] and best[row][at] == best[row][at + 1]:
            at += 1
        goes = best[row][at] > best[row + 1][at]
        column = at + 1 if goes else column
        found.append((part, at if goes else column, goes))
    return found


def _likeness(one: Part, other: Part) -> float:
    """Return how much two parts are alike: 0 for those of different commands."""
    beside = next(iter(other.others.values()), other) if other.is_of_others else other
    if beside.note or _what(one) != _what(beside):
        return 0.0
    ours, theirs = (Counter(_same(part.lines).split()) for part in (one, beside))
    return 1 + (ours & theirs).total() / (max(ours.total(), theirs.total()) or 1)


def _what(part: Part) -> str:
    """Return what was typed, or called, without numbers that differ; or whose words they are."""
    if not part.typed:
        return _LOG if part.lines[0].startswith(_LOG) else part.lines[0].partition(",")[0]
    typed = "\n".join(part.typed)
    return _same([typed.partition(") = ")[0] if typed.startswith("call> ") else typed])


def _same(lines: Sequence[str]) -> str:
    return re.sub(r"0x[0-9a-f]+|[0-9a-f]{8,}|\d[\d.]+\S*", "N", "\n".join(lines))
