# SPDX-License-Identifier: GPL-2.0
"""Files broken in many ways, by a seed: what a full disk, an editor or a bad memory leaves."""

import random
from collections.abc import Callable

_LONG = 70_000


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[:chance.randint(0, len(content))]


def _changed(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content or b"\0")
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _twice(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randint(0, len(content)) for _ in range(2))
    return content[:end] + content[start:]


def _without_a_line_end(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    return b"\n".join(lines[:at]) + b"\n".join(lines[at:])


def _one_long_line(content: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(content))
    return content[:at] + bytes([chance.randrange(1, 256)]) * _LONG + content[at:]


def _other_bytes(content: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(content) % 4096)


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _changed, _twice, _without_a_line_end, _one_long_line, _other_bytes)


def broken(content: bytes, seed: int) -> bytes:
    """Return a file's content broken in a way that the seed decides."""
    chance = random.Random(seed)
    return chance.choice(_WAYS)(content, chance)
