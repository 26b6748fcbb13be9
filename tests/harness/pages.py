# SPDX-License-Identifier: GPL-2.0
"""make docs: docs/behaviours.md from the last green run of each row, and docs/messages.md from it.

The first page is also what tells which row proves which message: it has the tools' real words.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence

from behaviours import ROWS, SECTIONS
from behaviours.messages import MESSAGES as TABLE

from . import record
from .errors import HarnessError
from .host import TOP
from .messages import Message, find
from .record import Record
from .row import Row
from .trial import Entry

BEHAVIOURS = TOP / "docs/behaviours.md"
MESSAGES = TOP / "docs/messages.md"
_LONGEST = 25

_COMPLAINT = re.compile(r"libkmod: |kern  :(?:emerg|alert|crit|err|warn|notice) *: "
                        r"|(?:rmmod|insmod|modprobe|modinfo|depmod|lsmod): "
                        r"|bash: line \d+: "
                        r"|make\S*: \*\*\* (?!\[)"
                        r"| *(?:ERROR|WARNING): ")

_INTRODUCTION = """\
# Behaviours

What a suite of modules can meet between `make` and `rmmod`, each provoked on a real kernel with the
real tools and asserted. What stands here is what they said in the last run in which everything was
as declared; `make behaviours` runs all of it, `make test T={example}` one row, `make docs` writes
this page.

`#` is the guest, `$` the machine that builds, whose `KDIR` names the headers of the guest's kernel.
Lines that begin with `kern` are the kernel log's, as `dmesg -x` shows them without the time; those
with `module_load`, `module_get`, `module_put` or `module_free` are of the kernel's tracepoints,
whose reference counts include the one that the kernel holds itself. System calls stand as strace
would show them.

Kernels here: {kernels}.
"""


def main() -> int:
    """Write both pages; return 0.

    Raises HarnessError where a row has no green run since it was last changed.
    """
    BEHAVIOURS.write_text(behaviours_page(), encoding="utf-8")
    MESSAGES.write_text(messages_page(), encoding="utf-8")
    print(f"Written: {BEHAVIOURS.relative_to(TOP)}, {MESSAGES.relative_to(TOP)}")
    return 0


def behaviours_page() -> str:
    """Return the page of all rows, from the records of the kernels that ran all of them.

    Raises HarnessError where there is none.
    """
    records = _records()
    kernels = ", ".join(records)
    parts = [_INTRODUCTION.format(kernels=kernels, example=next(iter(ROWS)))]
    for section, rows in SECTIONS.items():
        links = ", ".join(f"[{row.id}](#{row.id})" for row in rows)
        parts.append(_filled(f"- {section}: {links}"))
    for section, rows in SECTIONS.items():
        parts += ["", f"## {section}"]
        for row in rows:
            parts += _row_lines(row, {kernel: found[row.id] for kernel, found in records.items()})
    return "\n".join(parts) + "\n"


def mark(row: Row) -> str:
    """Return the line of the page that says which declaration a row was run with."""
    return f"<!-- {row.id} {row.digest} -->"


def row_texts(page: str) -> dict[str, str]:
    """Return the part of the page that each row has, by its id."""
    found = {}
    for part in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        found[part.partition("\n")[0]] = part.partition("\n## ")[0]
    return found


def error_lines(text: str) -> list[str]:
    """Return the lines of a part of the page by which tools and the kernel complain."""
    return [line for line in text.splitlines() if _COMPLAINT.match(line)]


def messages_page() -> str:
    """Return the page of all messages, each with the rows of the other page that prove it."""
    proofs = messages_proofs(BEHAVIOURS.read_text(encoding="utf-8"))
    lines = ["# Messages", "",
             _filled("What the tools and the kernel say about modules, what it means, and what to "
                     "do. Each was provoked; the row named shows it. `make explain MSG=\"...\"` "
                     "finds a line that you paste. `make docs` writes this page.")]
    for message in TABLE:
        rows = ", ".join(f"[{row}](behaviours.md#{row})" for row in proofs[message])
        lines += ["", f"### `{message.text}`", "", _filled(f"- Means: {message.means}"),
                  _filled(f"- Do: {message.do}"), _filled(f"- Shown by: {rows}")]
    return "\n".join(lines) + "\n"


def messages_proofs(page: str) -> dict[Message, list[str]]:
    """Return for each message the ids of the rows on the page in which it is said."""
    proofs: dict[Message, list[str]] = {message: [] for message in TABLE}
    for row, text in row_texts(page).items():
        for line in error_lines(text):
            found = find(line, TABLE)
            if found and row not in proofs[found]:
                proofs[found].append(row)
    return proofs


def _records() -> dict[str, dict[str, Record]]:
    """Return what was recorded, by kernel and row: of kernels for which there is all of it."""
    found: dict[str, dict[str, Record]] = {}
    lacking: dict[str, list[str]] = {}
    for place in sorted(path for path in record.RECORDS.glob("*") if path.is_dir()):
        of_kernel = {row.id: record.load(place, row) for row in ROWS.values()}
        lacking[place.name] = [row for row, known in of_kernel.items() if not known]
        if not lacking[place.name]:
            found[place.name] = {row: known for row, known in of_kernel.items() if known}
    if not found:
        missing = min(lacking.values(), key=len, default=["any row"])
        raise HarnessError(f"no green run yet of {', '.join(missing[:5])}"
                           f"{' and more' if len(missing) > 5 else ''}: run make behaviours first")
    return found


def _row_lines(row: Row, known: dict[str, Record]) -> Iterator[str]:
    yield from ("", f"### {row.id}", "", mark(row), _filled(f"**{row.title}.** {row.teaches}"))
    shown: tuple[str, Sequence[Entry]] | None = None
    for kernel, seen in known.items():
        if seen.skipped:
            yield from ("", f"Not on {kernel}: {seen.skipped}.")
        elif shown is None:
            shown = kernel, seen.transcript
            yield from _block(seen.transcript)
        else:
            differs = _differing(shown[1], seen.transcript)
            if differs:
                yield from ("", f"On {kernel}:")
                yield from _block(differs)


def _differing(first: Sequence[Entry], second: Sequence[Entry]) -> list[Entry]:
    """Return the commands of the second transcript of which something else came."""
    seen = {_essence(entry) for entry in first}
    return [entry for entry in second if entry.kind != "note" and _essence(entry) not in seen]


def _essence(entry: Entry) -> tuple[str, str, str, int]:
    """Return an entry without numbers that differ with each build or run: sizes, addresses..."""
    text, output = (re.sub(r"0x[0-9a-f]+|[0-9a-f]{8,}|\d[\d.]+\S*", "N", part)
                    for part in (entry.text, entry.output))
    return entry.kind, text, re.sub(r" +", " ", output), entry.status


def _block(transcript: Sequence[Entry]) -> Iterator[str]:
    """Notes are prose between blocks of what a terminal would have shown."""
    lines: list[str] = []
    for entry in transcript:
        if entry.kind == "note":
            yield from _fenced(lines)
            lines = []
            yield from ("", _filled(entry.text))
        else:
            lines += _cut(entry.lines())
    yield from _fenced(lines)


def _filled(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


def _fenced(lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", "```console", *lines, "```")


def _cut(lines: list[str]) -> list[str]:
    """Leave out the middle of what is too long to read."""
    if len(lines) <= _LONGEST:
        return lines
    return [*lines[:_LONGEST - 6], "...", *lines[-5:]]
