# SPDX-License-Identifier: GPL-2.0
"""docs/behaviours.md, the index, and a page in docs/behaviours/ for each section, from the last
green run of each row; and docs/messages.md from them.

The pages of sections are also what tells which row proves which message: they have the tools' real
words.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..host.errors import HarnessError
from ..host.paths import TOP
from ..observe.transcript import Entry
from . import messages, record
from .messages import Message
from .record import Record
from .row import Row

BEHAVIOURS = TOP / "docs/behaviours.md"
# A page for each section.
SECTIONS = TOP / "docs/behaviours"
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
    "`make explain MSG=\"...\"` builds and runs it here. Words in braces stand for parts that "
    "differ. `Shown by` names the behaviour that produces the message; without one, `Said by` "
    "names the program that prints it.",
    "The table is in [cli/messages/](../cli/messages/README.md); `make docs` writes this page "
    "from it. The sections, and how many messages each has:")

# What the build of each module says on some kernels, whatever it is a row is about.
_NOISE = re.compile(r"(?m)^warning: pahole version differs .*\n"
                    r"(?: +(?:The kernel was built with|You are using): .*\n?)*")

_KERNELS = "Kernels here: "
_INTRODUCTION = """\
# Behaviours

Every way in which loading or unloading a module can go, each shown on a real kernel with the real
tools. The output is from the last run in which all checks passed. To run one yourself:
`make test T={example}`; to run all: `make behaviours`. `make docs` writes these pages.

How to read a behaviour:

- The first block is from the kernel that stands above it. A block for another kernel has only what
  differs there: another text, status or order, but not another size, address or time. Below stands
  on which kernels it is the same. {kernels}.
- `#` is the guest: a shell that begins in an empty directory, `/root/row`. Process 1 there is the
  agent of the test bench. Modules made to misbehave are in `/opt/taskmods/modules`. `as [+CAP|-CAP]
  UID GID COMMAND` runs a command as another user, or without a capability.
- `$` is the machine that builds: `$KDIR` is the headers of the guest's kernel, `$SUITE` the
  directory in which the three modules were built. Modules are built without BTF there, to keep BTF
  lines out of the output; what pahole says of its version is left out, too.
- `call>` is a system call that the test bench makes itself, as strace would show it.
- `kern` is the kernel log as `dmesg -x` shows it, without the time, and only the lines that matter.
- `[tracepoints]` are the kernel's events of modules since the last such list, or since the
  behaviour began. Their reference counts include the one that the kernel holds itself.
- Other lines in brackets say what the test bench did. Boot options are shown as the kernel's
  command line.
- What is said of versions that are not in this list comes from source code, not from a run.

What a message means: [messages](messages.md). What passed on which kernel: [matrix](matrix.md).
"""
_NAVIGATION = ("[All behaviours](../behaviours.md) | "
               "[how to read them](../behaviours.md#behaviours) | [messages](../messages.md)")


def behaviours_pages(sections: Mapping[str, Sequence[Row]], old: str = "") -> dict[Path, str]:
    """Return the index and each section's page; rows not run since keep the runs that `old` has.

    Raises HarnessError where there is neither a record of a row as it is declared nor such a part.
    """
    kernels = _kernels(old)
    before = row_texts(old)
    index = [_INTRODUCTION.format(
        kernels=textwrap.fill(_KERNELS + "; ".join(kernels), 100, subsequent_indent="  "),
        example=next(iter(sections.values()))[0].id)]
    pages = {}
    for section, rows in sections.items():
        place = SECTIONS / f"{re.sub('[^a-z]+', '-', section.lower())}.md"
        index += [f"**[{section}](behaviours/{place.name})**", "", *(
            f'- <a id="{row.id}"></a>[{row.id}](behaviours/{place.name}#{row.id}): {row.title}'
            for row in rows), ""]
        texts = (part for row in rows
                 for part in ("", _row_text(row, kernels, before.get(row.id, ""))))
        pages[place] = "\n".join(("# Behaviours", "", _NAVIGATION, "", f"## {section}",
                                  *texts)) + "\n"
    return {BEHAVIOURS: "\n".join(index), **pages}


def joined(pages: Mapping[Path, str]) -> str:
    """Return the index and the sections, without what stands above these, as one text."""
    return pages[BEHAVIOURS] + "".join(text[text.index("\n## "):] for place, text in pages.items()
                                       if place != BEHAVIOURS)


def behaviours() -> str:
    """Return what the pages have that there are, as one text, or nothing."""
    if not BEHAVIOURS.exists():
        return ""
    index = BEHAVIOURS.read_text(encoding="utf-8")
    names = dict.fromkeys(re.findall(r"\(behaviours/([\w-]+\.md)[#)]", index))
    return joined({BEHAVIOURS: index, **{SECTIONS / name: (SECTIONS / name).read_text("utf-8")
                                         for name in names}})


def _kernels(old: str) -> dict[str, str]:
    """Return the kernels on the page: what people call each, and its name where it was run here."""
    known = re.search(f"{_KERNELS}(.*?)[.]$", old, re.MULTILINE | re.DOTALL)
    titles = dict.fromkeys(" ".join(known[1].split()).split("; ") if known else (), "")
    for kernel in SHOWN:
        title = record.title(kernel)
        if title:
            titles[title] = kernel
    return titles


def _row_text(row: Row, kernels: dict[str, str], before: str) -> str:
    """Return a row's part of the page: the runs of before, if there are not newer ones of all."""
    known = {title: record.load(kernel, row) for title, kernel in kernels.items()}
    if not all(known.values()) and mark(row) in before:
        _, _, runs = before.strip().split("\n\n", 2)
        return "\n".join((*_row_head(row), "", runs))
    if not any(known.values()):
        raise HarnessError(f"{row.id} did not pass since it was last changed: "
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
    proofs = messages_proofs(behaviours())
    lines = ["# Messages", "", "\n\n".join(map(_filled, _MESSAGES_INTRODUCTION)), ""]
    lines += [f"- [{section}](#{_anchor(section)}): {number}" for section, number in
              Counter(message.section for message in table).items()]
    section = ""
    for message in table:
        if message.section != section:
            section = message.section
            lines += ["", f"## {section}"]
        lines += ["", *_message_lines(message, proofs.get(message.id, []))]
    return "\n".join(lines) + "\n"


def _anchor(heading: str) -> str:
    """Return what a heading is linked to by."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


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


def _row_head(row: Row) -> tuple[str, ...]:
    return f"### {row.id}", "", mark(row), _filled(f"**{row.title}.** {row.teaches}")


def _row_lines(row: Row, known: dict[str, Record | None]) -> Iterator[str]:
    yield from _row_head(row)
    shown: Sequence[Entry] = ()
    same = []
    for kernel, seen in known.items():
        if not seen:
            yield from ("", f"Not run on {kernel} since this behaviour was last changed.")
        elif seen.skipped:
            yield from ("", f"Not on {kernel}: {seen.skipped}.")
        elif not shown:
            shown = _quiet(seen.transcript)
            yield from ("", f"On {kernel}:")
            yield from _block(shown)
        else:
            differs = _differing(shown, _quiet(seen.transcript))
            if differs:
                yield from ("", f"On {kernel}, what differs:")
                yield from _block(differs)
            else:
                same.append(kernel)
    if same:
        yield from ("", _filled(f"The same on {'; '.join(same)}."))


def _differing(first: Sequence[Entry], second: Sequence[Entry]) -> list[Entry]:
    """Return the commands of the second transcript of which something else came."""
    seen = {_essence(entry) for entry in first}
    return [entry for entry in second if entry.kind != "note" and _essence(entry) not in seen]


def _quiet(transcript: Sequence[Entry]) -> list[Entry]:
    """Return a transcript without noise."""
    return [replace(entry, output=_NOISE.sub("", entry.output)) for entry in transcript]


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
