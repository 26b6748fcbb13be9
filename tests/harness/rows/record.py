# SPDX-License-Identifier: GPL-2.0
"""What a row's last green run on each kernel showed, kept for the page that shows it to people."""

import dataclasses
import json

from ..host.paths import BUILD
from ..observe.transcript import Entry
from .row import Row

RECORDS = BUILD / "behaviours"


@dataclasses.dataclass(frozen=True)
class Record:
    """One row on one kernel: either why it was skipped, or its transcript."""

    digest: str
    title: str
    skipped: str
    transcript: tuple[Entry, ...]


def save(row: Row, kernel: str, title: str, skipped: str = "",
         transcript: tuple[Entry, ...] = ()) -> None:
    """Keep what came of a row that passed, or was skipped for a reason, on a kernel.

    `title` is what people call that.

    Raises OSError where it cannot be written.
    """
    place = RECORDS / kernel
    place.mkdir(parents=True, exist_ok=True)
    record = dataclasses.asdict(Record(row.digest, title, skipped, transcript))
    (place / f"{row.id}.json").write_text(json.dumps(record, indent=1), encoding="utf-8")


def title(kernel: str) -> str:
    """Return what people call a kernel that rows were run on, or nothing."""
    for place in (RECORDS / kernel).glob("*.json"):
        return str(json.loads(place.read_text(encoding="utf-8"))["title"])
    return ""


def load(kernel: str, row: Row) -> Record | None:
    """Return what there is of a row on a kernel, if it is of today's declaration."""
    try:
        fields = json.loads((RECORDS / kernel / f"{row.id}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if fields["digest"] != row.digest:
        return None
    entries = tuple(Entry(**entry) for entry in fields["transcript"])
    return Record(fields["digest"], fields["title"], fields["skipped"], entries)
