# SPDX-License-Identifier: GPL-2.0
"""The pages that are written from the behaviours."""

from dataclasses import make_dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from behaviours import ROWS, SECTIONS

from harness.host import cache
from harness.host.errors import HarnessError
from harness.host.paths import BUILD, TOP
from harness.observe.facts import Facts
from harness.observe.transcript import Entry
from harness.rows import messages, page, record
from harness.rows.row import Guest, Row
from harness.rows.steps import Cmd

pytestmark = pytest.mark.host

PAGE = page.behaviours()
NOISE = ("warning: pahole version differs from the one used to build the kernel\n"
         "  The kernel was built with: 130\n  You are using:             0\n")
STALE = "docs/behaviours/ is not of today's rows: make behaviours, then make docs"


def test_the_page_has_the_rows_as_they_are_declared() -> None:
    """The digest is of what a run depends on: steps, and what is expected."""
    texts = page.row_texts(PAGE)
    assert list(texts) == list(ROWS), STALE
    assert [row for row in ROWS.values() if page.mark(row) not in texts[row.id]] == [], STALE
    assert [line[3:] for line in PAGE.splitlines() if line.startswith("## ")] == list(SECTIONS)


def test_a_changed_declaration_makes_the_page_stale() -> None:
    row = next(iter(ROWS.values()))
    for changed in (replace(row, steps=row.steps[1:]), replace(row, order=None)):
        assert page.mark(changed) not in PAGE


def test_changed_words_need_no_new_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(record, "RECORDS", tmp_path)
    row = next(iter(ROWS.values()))
    changed = replace(row, title="Other", teaches="Something else.")
    old, new = (page.row_texts(page.joined(page.behaviours_pages({"First steps": (one,)}, PAGE)))[
        row.id] for one in (row, changed))
    assert "**Other.** Something else.\n\nOn Linux" in new
    assert new.partition("\n\nOn ")[2] == old.partition("\n\nOn ")[2] != ""


def digest(**kinds: Any) -> str:
    """The digest of a row, of these kinds of parts."""
    made = {"row": Row, "guest": Guest, "cmd": Cmd, **kinds}
    row: Row = made["row"]("id", "title", "teaches", (made["cmd"]("true"),),
                           guest=made["guest"]("quiet"))
    return row.digest


@pytest.mark.parametrize("part, kind", [("row", Row), ("guest", Guest), ("cmd", Cmd)])
def test_a_new_field_makes_stale_only_what_sets_it(part: str, kind: type) -> None:
    """Else all rows would have to run again, on each kernel that the page shows."""
    grown = make_dataclass(kind.__name__, [("new", int, 0)], bases=(kind,), frozen=True)
    assert digest(**{part: grown}) == digest()
    assert digest(**{part: partial(grown, new=1)}) != digest()


def test_rows_that_were_not_run_since_keep_their_part(monkeypatch: pytest.MonkeyPatch,
                                                      tmp_path: Path) -> None:
    monkeypatch.setattr(record, "RECORDS", tmp_path)
    pages = page.behaviours_pages(SECTIONS, PAGE)
    assert page.joined(pages) == PAGE
    assert {place: place.read_text(encoding="utf-8") for place in pages} == pages
    assert set(page.SECTIONS.iterdir()) == set(pages) - {page.BEHAVIOURS}
    changed = replace(next(iter(ROWS.values())), order=None)
    with pytest.raises(HarnessError, match="hello did not pass since it was last changed"):
        page.behaviours_pages({"First steps": (changed,)}, PAGE)


def test_where_kernels_differ_the_page_says_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path
                                                ) -> None:
    monkeypatch.setattr(record, "RECORDS", tmp_path)
    monkeypatch.setattr(page, "SHOWN", ("a", "b", "c", "d"))
    row = next(iter(ROWS.values()))
    known = {name: Facts(name, {"linux": (9, minor), "kmod": (99,)}, frozenset())
             for minor, name in enumerate(page.SHOWN)}
    answers = {"a": ("yes", 0), "b": (f"{NOISE}yes", 0), "c": ("no", 2)}
    for name, (answer, status) in answers.items():
        release = Entry("guest", "uname -r", f"{known[name].title}.1234")
        record.save(row, name, known[name].title,
                    transcript=(release, Entry("guest", "ask", answer, status)))
    record.save(row, "d", known["d"].title, skipped="needs more")
    pages = page.behaviours_pages({"First steps": (row,)})
    text = page.row_texts(page.joined(pages))[row.id]
    assert "\n\nOn Linux 9.0, kmod 99:\n\n```console" in text
    assert text.partition("```console")[2].rstrip() == """
# uname -r
Linux 9.0, kmod 99.1234
# ask
yes
```

On Linux 9.2, kmod 99, what differs:

```console
# ask
no
[exit status 2]
```

Not on Linux 9.3, kmod 99: needs more.

The same on Linux 9.1, kmod 99."""


def test_the_page_names_nothing_of_the_machine_that_wrote_it() -> None:
    for path in (TOP, BUILD, cache.root()):
        assert str(path) not in PAGE


def test_each_complaint_on_the_page_is_explained() -> None:
    said = page.error_lines(PAGE)
    unknown = [line for line, found in zip(said, messages.find(said)) if not found]
    assert unknown == [], "add these to cli/messages/"


def test_each_message_says_what_shows_it() -> None:
    """A row on the page in which it is said, or else the program that says it."""
    proofs = page.messages_proofs(PAGE)
    assert [message.id for message in messages.table()
            if message.row and message.row not in proofs.get(message.id, [])] == []
    others = [message for message in messages.table() if not message.row]
    assert [message.id for message in others if not message.source] == []
    assert [message.id for message in others if message.id in proofs] == [], "give these a row:"


def test_the_page_of_messages_is_written_from_both() -> None:
    written = page.MESSAGES.read_text(encoding="utf-8")
    assert written == page.messages_page(messages.table()), "make docs"
