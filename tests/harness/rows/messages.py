# SPDX-License-Identifier: GPL-2.0
"""What tools and the kernel say, what it means and what to do: the table of taskmods explain.

The table is in cli/messages/; the command is what reads it, and what finds whose words a line has.
In a text {words in braces} stand for what differs: names, numbers, paths.
"""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ..host import cli
from ..host.run import run


@dataclass(frozen=True)
class Message:
    """A message: the texts it is met in, what it means, what to do, and what shows it.

    `either` are its several causes. `see` is advice for who has not seen the kernel log. `row` is
    the row that shows it, else `source` the program that says it; what is not there is empty.
    """

    id: str
    section: str
    rank: str
    says: tuple[str, ...]
    means: str
    either: tuple[str, ...]
    do: str
    see: str
    row: str
    source: str


@functools.cache
def table() -> tuple[Message, ...]:
    """Return all messages that the command knows, in its order.

    Raises HarnessError where it cannot be built.
    """
    known = json.loads(run([cli.built(), "explain", "--list"], "list the messages"))
    return tuple(_message(record) for record in known)


def _message(record: dict[str, str | None]) -> Message:
    said = {name: value or "" for name, value in record.items() if name not in ("says", "either")}
    either = tuple((record["either"] or "").splitlines())
    return Message(says=tuple(record["says"] or ()), either=either, **said)


def find(lines: Sequence[str]) -> list[str]:
    """Return for each line the id of the message that it holds, or nothing.

    Raises HarnessError where the command cannot be built.
    """
    found = [""] * len(lines)
    for answer in cli.answers("".join(f"{line}\n" for line in lines)):
        for number in answer["lines"]:
            found[number - 1] = answer["id"]
    return found
