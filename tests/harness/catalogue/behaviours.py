# SPDX-License-Identifier: GPL-2.0
"""What the page of behaviours is told: every row, its transcripts, and what else knows of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..lab import rows as lab
from ..rows import page
from ..rows.row import Row
from . import transcripts


def data(sections: Mapping[str, Sequence[Row]]) -> list[dict[str, Any]]:
    """Return the sections with their rows, each as docs/behaviours/ has it.

    A row that is not there yet has no transcript.
    """
    text = page.behaviours()
    shown = page.row_texts(text)
    said: dict[str, list[str]] = {}
    for message, ids in page.messages_proofs(text).items():
        for row in ids:
            said.setdefault(row, []).append(message)
    return [{"title": section,
             "rows": [_row(row, shown.get(row.id, ""), said.get(row.id, [])) for row in rows]}
            for section, rows in sections.items()]


def _row(row: Row, text: str, said: Sequence[str]) -> dict[str, Any]:
    """Return a row; what is empty in a part of its transcript is left out."""
    transcript = transcripts.read(text)
    return {"id": row.id, "title": row.title, "teaches": row.teaches, "messages": said,
            "try": lab.can_be_shown(row), "kernel": transcript.kernel,
            "others": transcript.others, "same": transcript.same, "without": transcript.without,
            "parts": [_part(asdict(part)) for part in transcript.parts]}


def _part(part: dict[str, Any]) -> dict[str, Any]:
    return {name: {kernel: _part(other) for kernel, other in value.items()}
            if isinstance(value, dict) else value for name, value in part.items() if value}
