# SPDX-License-Identifier: GPL-2.0
"""What tools and the kernel say, what it means and what to do; and finding whose words a line has.

In a text {words in braces} stand for what differs: names, numbers, paths.
"""

import difflib
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass


# Of a pasted line a good part is not the message.
_ALIKE = 0.45
# What is shorter stands in too many.
_TELLING = 8


@dataclass(frozen=True)
class Message:
    """A message: its text, what it means, and what to do about it."""

    text: str
    means: str
    do: str

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds the text in a line made plain(), whatever stands around it.

        What it ends with may be cut off.
        """
        text = re.sub(r" *\{[^}]*\}$", "", plain(self.text))
        parts = re.split(r"\{[^}]*\}", text)
        return re.compile("(.*?)".join(map(re.escape, parts)), re.IGNORECASE)

    @property
    def literal(self) -> str:
        """The text without what differs."""
        return re.sub(r"\s*\{[^}]*\}\s*", " ", self.text).strip()


def plain(line: str) -> str:
    """Return a line without quotes, which shells eat and versions change, and by single spaces."""
    return " ".join(re.sub("[\"'`]", "", line).split())


def find(line: str, table: Sequence[Message]) -> Message | None:
    """Return the message that a line holds: of several the one with most of the words."""
    line = plain(line)
    held = [message for message in table if message.pattern.search(line)]
    return max(held, key=lambda message: len(message.literal)) if held else None


def holding(part: str, table: Sequence[Message]) -> list[Message]:
    """Return the messages of the table that hold a part of one, if it is long enough to tell."""
    words = plain(part).strip().lower()
    return [message for message in table if len(words) >= _TELLING
            and words in message.text.lower()]


def nearest(line: str, table: Sequence[Message], number: int = 3) -> list[Message]:
    """Return the messages of the table whose words are most like those of a line, if any are."""
    def likeness(message: Message) -> float:
        return difflib.SequenceMatcher(None, message.literal.lower(), line.lower()).ratio()

    close = [message for message in table if likeness(message) >= _ALIKE]
    return sorted(close, key=likeness, reverse=True)[:number]
