# SPDX-License-Identifier: GPL-2.0
"""What a row's last green run showed, kept for the pages that show it to people."""

import dataclasses
import json
from pathlib import Path

from . import host
from .facts import Facts
from .row import Row
from .trial import Entry

RECORDS = host.BUILD / "behaviours"


@dataclasses.dataclass(frozen=True)
class Record:
    """One row on one kernel: either why it was skipped, or its transcript."""

    digest: str
    skipped: str
    transcript: tuple[Entry, ...]


def save(row: Row, facts: Facts, skipped: str = "", transcript: tuple[Entry, ...] = ()) -> None:
    """Keep what came of a row that passed, or was skipped for a reason.

    Raises OSError where it cannot be written.
    """
    place = RECORDS / facts.name
    place.mkdir(parents=True, exist_ok=True)
    record = dataclasses.asdict(Record(row.digest, skipped, transcript))
    (place / f"{row.id}.json").write_text(json.dumps(record, indent=1), encoding="utf-8")


def load(place: Path, row: Row) -> Record | None:
    """Return what there is of a row in a kernel's directory, if it is of today's declaration."""
    try:
        fields = json.loads((place / f"{row.id}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if fields["digest"] != row.digest:
        return None
    entries = tuple(Entry(**entry) for entry in fields["transcript"])
    return Record(fields["digest"], fields["skipped"], entries)
