# SPDX-License-Identifier: GPL-2.0
"""docs/behaviours.md from the last green run of each row, and docs/messages.md from it.

The first page is also what tells which row proves which message: it has the tools' real words.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from ..host.errors import HarnessError
from ..host.paths import TOP
from ..observe.transcript import Entry
from . import messages, record
from .messages import Message
from .record import Record
from .row import Row

BEHAVIOURS = TOP / "docs/behaviours.md"
MESSAGES = TOP / "docs/messages.md"
# Those of kernels.py whose words differ enough to show. The first ones come first.
SHOWN = ("6.1-cloud", "6.12-trixie", "7.3-cloud", "5.10-cloud")
_LONGEST = 25

_COMPLAINT = re.compile(r"libkmod: |kern  :(?:emerg|alert|crit|err|warn|notice) *: "
                        r"|(?:rmmod|insmod|modprobe|modinfo|depmod|lsmod): "
                        r"|bash: line \d+: "
                        r"|make\S*: \*\*\* (?!\[)"
                        r"| *(?:ERROR|WARNING): |\S+/Makefile:\d+: ")

# More of the texts of one message than this only the table has.
_OTHERS = 6

_MESSAGES_INTRODUCTION = (
    "What the tools and the kernel say about modules, what it means, and what to do. `taskmods "
    "explain` finds lines that you paste, and `dmesg | taskmods explain` those of a whole log; "
    "`make explain MSG=\"...\"` builds and runs it here. Words in braces stand for what differs. "
    "Where a row is named, it provokes the message; else stands who says it.",
    "The table is in [cli/messages/](../cli/messages/README.md); `make docs` writes this page "
    "from it.")

_KERNELS = "Kernels here: "
_INTRODUCTION = """\
# Behaviours

What a suite of modules can meet between `make` and `rmmod`, each provoked on a real kernel with the
real tools and asserted. What stands here is what they said in the last run in which everything was
as declared; `make behaviours` runs all of it, `make test T={example}` one row, `make docs` writes
this page. What is said of versions that are not among the kernels here was read, not seen.

- `#` is the guest, a shell that begins in an empty directory, `/root/row`. Process 1 there is the
  bench's agent; modules made to misbehave are in `/opt/taskmods/modules`; `as [+CAP|-CAP] UID GID
  COMMAND` runs a command as another user, or without a capability.
- `$` is the machine that builds: `$KDIR` is the headers of the guest's kernel, `$SUITE` where the
  three modules were built. Modules are built without BTF there, or there were lines about it.
- `call>` is a system call that the bench makes itself, as strace would show it.
- `kern` is the kernel log as `dmesg -x` shows it, without the time: what the row is about, no more.
- `[tracepoints]` are the kernel's events of modules since the last such list, or since the row
  began; their reference counts include the one that the kernel holds itself.
- Other lines in brackets say what the bench did. What a guest was told stands on its kernel's
  command line.

{kernels}.
"""


def behaviours_page(sections: Mapping[str, Sequence[Row]], old: str = "") -> str:
    """Return the page of all rows; of those that were not run since stands what `old` has.

    Raises HarnessError where there is neither a record of a row as it is declared nor such a part.
    """
    kernels = _kernels(old)
    parts = [_INTRODUCTION.format(kernels=_filled(_KERNELS + "; ".join(kernels)),
                                  example=next(iter(sections.values()))[0].id)]
    for section, rows in sections.items():
        links = ", ".join(f"[{row.id}](#{row.id})" for row in rows)
        parts.append(_filled(f"- {section}: {links}"))
    before = row_texts(old)
    for section, rows in sections.items():
        parts += ["", f"## {section}"]
        for row in rows:
            parts += ["", _row_text(row, kernels, before.get(row.id, ""))]
    return "\n".join(parts) + "\n"


def _kernels(old: str) -> dict[str, str]:
    """Return the kernels on the page: what people call each, and its name where it was run here."""
    known = re.search(f"^{_KERNELS}(.*?)[.]$", old, re.MULTILINE | re.DOTALL)
    titles = dict.fromkeys(known[1].replace("\n", " ").split("; ") if known else (), "")
    for kernel in SHOWN:
        title = record.title(kernel)
        if title:
            titles[title] = kernel
    return titles


def _row_text(row: Row, kernels: dict[str, str], before: str) -> str:
    """Return a row's part of the page: the one before, if it was not run on all kernels since."""
    known = {title: record.load(kernel, row) for title, kernel in kernels.items()}
    if not all(known.values()) and mark(row) in before:
        return f"### {before.strip()}"
    if not any(known.values()):
        raise HarnessError(f"no green run of {row.id} since it was declared so: "
                           "run make behaviours first")
    return "\n".join(_row_lines(row, known))


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


def messages_page(table: Sequence[Message]) -> str:
    """Return the page of a table's messages, each with the rows of the other that prove it."""
    proofs = messages_proofs(BEHAVIOURS.read_text(encoding="utf-8"))
    lines = ["# Messages", "", "\n\n".join(map(_filled, _MESSAGES_INTRODUCTION))]
    section = ""
    for message in table:
        if message.section != section:
            section = message.section
            lines += ["", f"## {section}"]
        lines += ["", *_message_lines(message, proofs.get(message.id, []))]
    return "\n".join(lines) + "\n"


def _message_lines(message: Message, rows: list[str]) -> Iterator[str]:
    first, *others = message.says
    yield from (f"### `` {first} ``", "")
    if others:
        more = len(others) - _OTHERS
        yield _filled("- Also: " + "; ".join(f"`` {text} ``" for text in others[:_OTHERS])
                      + (f"; and {more} more" if more > 0 else ""))
    yield _filled(f"- Means: {message.means}")
    yield from (_filled(f"- Either: {cause}") for cause in message.either)
    yield from (_filled(f"- Do: {text}") for text in (f"{message.do} {message.see}".strip(),)
                if text)
    if rows:
        yield _filled("- Shown by: " + ", ".join(f"[{row}](behaviours.md#{row})" for row in rows))
    else:
        yield _filled(f"- Said by: {message.source}")


def messages_proofs(page: str) -> dict[str, list[str]]:
    """Return by a message's id the ids of the rows on the page in which it is said."""
    said = [(row, line) for row, text in row_texts(page).items() for line in error_lines(text)]
    proofs: dict[str, list[str]] = {}
    for (row, _), found in zip(said, messages.find([line for _, line in said])):
        rows = proofs.setdefault(found, [])
        if row not in rows:
            rows.append(row)
    proofs.pop("", None)
    return proofs


def _row_lines(row: Row, known: dict[str, Record | None]) -> Iterator[str]:
    yield from (f"### {row.id}", "", mark(row), _filled(f"**{row.title}.** {row.teaches}"))
    shown: Sequence[Entry] = ()
    for kernel, seen in known.items():
        if not seen:
            yield from ("", f"Not run on {kernel} since it was declared so.")
        elif seen.skipped:
            yield from ("", f"Not on {kernel}: {seen.skipped}.")
        elif not shown:
            shown = seen.transcript
            yield from _block(shown)
        else:
            differs = _differing(shown, seen.transcript)
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
